"""Whether incidents moved next door: the weighted displacement quotient and its words.

When a campaign succeeds, the buffer around it can rise (displacement: 转移) or fall with
it (diffusion of benefits: 效果扩散). The quotient compares the change of the buffer's share
with the change of the treated area's share, both against the control. It has no
interval of its own; the claim rests on the rate ratio of the buffer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["MEANINGS", "displacement_quotient", "quotient_meaning"]

MEANINGS = (
    "diffusion_above_direct",
    "diffusion",
    "none",
    "displacement_below_direct",
    "displacement_above_direct",
)
"""What a quotient says, from the best to the worst."""


def displacement_quotient(treated: Any, buffer: Any, control: Any) -> float:
    """Return the weighted displacement quotient, NaN where there was no success to displace.

    Parameters
    ----------
    treated, buffer, control
        Two counts each: before and after.

    Returns
    -------
    float
        Change of buffer over control, over change of treated over control.

    Raises
    ------
    None

    Notes
    -----
    WDQ = (B1/C1 - B0/C0) / (A1/C1 - A0/C0) [1]_. Only when the denominator is below 0, that is
    when the treated area fell against the control, is there an effect that can move or
    spread.

    References
    ----------
    .. [1] Bowers, K. J. and Johnson, S. D. (2003). Measuring the geographical displacement and
       diffusion of benefit effects of crime prevention activity. Journal of Quantitative
       Criminology 19, 275-301. https://doi.org/10.1023/A:1024909009240

    Examples
    --------
    >>> round(displacement_quotient((207, 110), (178, 157), (308, 318)), 6)
    0.258186
    >>> displacement_quotient((10, 20), (10, 5), (10, 10))
    nan
    """
    a, b, c = (np.asarray(pair, dtype=np.float64) for pair in (treated, buffer, control))
    if not (c > 0).all():
        return float("nan")
    of_treated, of_buffer = ((pair[1] / c[1] - pair[0] / c[0]) for pair in (a, b))
    return float(of_buffer / of_treated) if of_treated < 0 else float("nan")


def quotient_meaning(quotient: float) -> str | None:
    """Return what a quotient says as a code of :data:`MEANINGS`, None for NaN.

    Parameters
    ----------
    quotient
        What :func:`displacement_quotient` returned.

    Raises
    ------
    None

    Examples
    --------
    >>> [quotient_meaning(value) for value in (1.4, 0.3, -0.3)]
    ['diffusion_above_direct', 'diffusion', 'displacement_below_direct']
    """
    if np.isnan(quotient):
        return None
    if quotient == 0:
        return "none"
    if quotient > 0:
        return "diffusion_above_direct" if quotient > 1 else "diffusion"
    return "displacement_above_direct" if quotient < -1 else "displacement_below_direct"
