"""An SVG chart of the CPU ratios: a band of bars for each program, the means on top."""

from xml.sax.saxutils import escape

import libraries
import report

COLOURS = ("#0b6e99", "#d9730d", "#6940a5", "#0f7b6c", "#ad1a72", "#9b9a97", "#e03e3e", "#dfab01")
LEFT, RIGHT, TOP, WIDTH = 150, 70, 76, 860
BAR, GAP = 11, 9
RATIO_MAX = 2.0


def x_of(ratio):
    """Where a ratio lies; long bars are cut at RATIO_MAX."""
    return LEFT + min(ratio, RATIO_MAX) / RATIO_MAX * (WIDTH - LEFT - RIGHT)


def text(x, y, words, size=11, anchor="start", weight="normal", colour="#222"):
    """A piece of text."""
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'font-weight="{weight}" fill="{colour}" '
            f'stroke="white" stroke-width="3" paint-order="stroke">{escape(words)}</text>')


def bands(results):
    """(title, emphasis, ratios by library) for each band, from top to bottom."""
    others = [lib.name for lib in results.libraries if lib.name != libraries.BASE]
    means = [(f"mean: {group}", True, {n: results.mean(n, "cpu_s", group) for n in others})
             for group, kinds in report.GROUPS if any(p.group in kinds for p in results.programs)]
    programs = [(p.name, False, {n: results.median(p.name, n, "cpu_s") for n in others})
                for p in results.programs]
    return others, means + programs


def legend(others):
    """A square and a name for each library."""
    parts, x = [], LEFT
    for i, name in enumerate(others):
        parts.append(f'<rect x="{x}" y="38" width="11" height="11" fill="{COLOURS[i % 8]}"/>')
        parts.append(text(x + 16, 48, name, 12))
        x += 34 + 8 * len(name)
    return parts


def axis(bottom):
    """Lines at every quarter, the base line's stronger."""
    parts = []
    for step in range(0, int(RATIO_MAX * 4) + 1):
        ratio = step / 4
        colour, width = ("#222", 1.4) if ratio == 1 else ("#ddd", 1)
        parts.append(f'<line x1="{x_of(ratio):.1f}" x2="{x_of(ratio):.1f}" y1="{TOP - 6}" '
                     f'y2="{bottom}" stroke="{colour}" stroke-width="{width}"/>')
        parts.append(text(x_of(ratio), TOP - 10, f"{ratio:g}", 10, "middle", colour="#555"))
    return parts


def bars(others, ratios, y):
    """The bars of one band from y downwards."""
    parts = []
    for i, name in enumerate(others):
        ratio, top = ratios[name], y + i * BAR
        if ratio is None:
            parts.append(text(LEFT + 4, top + BAR - 2, "failed or not run", 9, colour="#b00"))
            continue
        cut = " »" if ratio > RATIO_MAX else ""
        parts.append(f'<rect x="{LEFT}" y="{top}" width="{x_of(ratio) - LEFT:.1f}" '
                     f'height="{BAR - 2}" fill="{COLOURS[i % 8]}"/>')
        parts.append(text(x_of(ratio) + 4, top + BAR - 3, f"{ratio:.2f}{cut}", 9, colour="#444"))
    return parts


def svg(results, about):
    """The whole chart."""
    others, rows = bands(results)
    band_height = BAR * len(others) + GAP
    height = TOP + band_height * len(rows) + 16
    title = (f"CPU time against {libraries.BASE} (less is better), {about['rounds']} rounds at "
             f"scale {about['scale']:g}, {about['date']}")
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
             f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
             f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
             text(LEFT, 24, title, 14, weight="bold")]
    parts += legend(others) + axis(height - 12)
    for i, (name, emphasis, ratios) in enumerate(rows):
        y = TOP + i * band_height
        if emphasis:
            parts.append(f'<rect x="0" y="{y - GAP / 2}" width="{LEFT - 4}" '
                         f'height="{band_height}" fill="#f1f1ef"/>')
        parts.append(text(LEFT - 10, y + band_height / 2, name, 12, "end",
                          "bold" if emphasis else "normal"))
        parts += bars(others, ratios, y)
    return "\n".join(parts + ["</svg>"]) + "\n"
