"""QR codes as inline SVG, made on the server: nothing is fetched from elsewhere."""

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET_ZONE = 4  # modules of white around the code, as ISO 18004 asks for


def qr_svg(text: str, label: str) -> SafeString:
    """The code of a text, scaled by CSS; `label` tells assistive technology where it leads."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x},{y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    size = len(rows) + 2 * QUIET_ZONE
    return format_html(
        '<svg class="m-qr" role="img" aria-label="{}" viewBox="-{q} -{q} {s} {s}" shape-rendering="crispEdges">'
        '<rect x="-{q}" y="-{q}" width="{s}" height="{s}" fill="#fff"/><path d="{path}" fill="#000"/></svg>',
        label,
        q=QUIET_ZONE,
        s=size,
        path=path,
    )
