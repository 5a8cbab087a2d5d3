"""Words that say nothing of a text's subject, left out of the words of an index."""

from __future__ import annotations

CHINESE = frozenset(
    "的 了 和 与 及 等 在 是 对 为 中 上 下 其 该 并 或 以 由 从 被 将 可 能 也 都 而 且 则 但 若 "
    "如 这 那 此 各 每 所 之 于 把 向 到 至 使 让 给 用 有 无 不 未 很 更 最 较 又 还 再 已 就 才 "
    "只 我 你 他 她 它 们 个 种 项 些 以及 或者 并且 而且 但是 因此 因为 所以 如果 由于 关于 对于 "
    "根据 按照 通过 进行 可以 能够 需要 应当 应该 具有 具备 其中 其他 以上 以下 之间 目前 同时 "
    "一种 一个 一些 这些 那些 这个 我们 他们 自己 没有 不是 就是 还是 以便 从而 基于 及其 主要 "
    "相关 有关 有效 实现 采用 利用 使用 提供 包括".split()
)

ENGLISH = frozenset(
    "a an and are as at be been being but by can could did do does for from had has have how i if "
    "in into is it its may me more most my no nor not of on or our out over own s same she should "
    "so some such t than that the their them then there these they this those through to too under "
    "until up upon us very was we were what when where which while who whom why will with within "
    "would you your".split()
)

STOP_WORDS = CHINESE | ENGLISH
