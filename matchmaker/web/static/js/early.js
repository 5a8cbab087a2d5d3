// Runs before the first paint: lets the style sheet know that scripts are there.
document.documentElement.classList.add("js");
