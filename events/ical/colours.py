"""Names of CSS 3 that RFC 7986 COLOR may take here, with the figures Apple wants beside them."""

from __future__ import annotations

COLOURS = {
    "brown": "#A52A2A",
    "chocolate": "#D2691E",
    "crimson": "#DC143C",
    "darkblue": "#00008B",
    "darkcyan": "#008B8B",
    "darkgreen": "#006400",
    "darkorange": "#FF8C00",
    "firebrick": "#B22222",
    "forestgreen": "#228B22",
    "goldenrod": "#DAA520",
    "gray": "#808080",
    "green": "#008000",
    "indigo": "#4B0082",
    "maroon": "#800000",
    "navy": "#000080",
    "olive": "#808000",
    "orange": "#FFA500",
    "orchid": "#DA70D6",
    "purple": "#800080",
    "red": "#FF0000",
    "royalblue": "#4169E1",
    "seagreen": "#2E8B57",
    "sienna": "#A0522D",
    "slateblue": "#6A5ACD",
    "steelblue": "#4682B4",
    "teal": "#008080",
    "tomato": "#FF6347",
}
