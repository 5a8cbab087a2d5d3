"""The portal in Flask: one folder an area; views parse, call one service, render."""
