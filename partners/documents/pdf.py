"""Make tagged PDF/A files with typst from a template and plain data."""

import json
from pathlib import Path
from typing import Any, Literal

from mentorship.core.errors import ServiceError

TEMPLATES = Path(__file__).parent / "typst"


def make_pdf(
    template: str, data: dict[str, Any], *, attached: bytes = b"", standard: Literal["a-2a", "a-3a"] = "a-3a"
) -> bytes:
    """The PDF of `typst/<template>.typ`. `data` is plain JSON; `attached` the XML that goes into the file.

    Raises ServiceError, such as where no font of this machine has the letters of a name.
    """
    import typst  # noqa: PLC0415 slow library: typst, which few requests need

    try:
        made = typst.compile(
            str(TEMPLATES / f"{template}.typ"),
            root=str(TEMPLATES),
            format="pdf",
            pdf_standards=[standard],
            sys_inputs={"data": json.dumps(data, ensure_ascii=False), "attached": attached.decode()},
        )
    except typst.TypstError as error:
        raise ServiceError(f"The PDF could not be made: {str(error).splitlines()[0]}") from error
    return bytes(made)
