"""Gauss-Jacobi quadrature over the dropout probability."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh_tridiagonal

from customer360.lifetime.histories import Floats

# What the marts integrate with (three years ahead the relative error is below 0.002 for a customer
# of the first weeks, below 0.0001 from the second month on), and what references are made with.
NODES = 12
EXACT_NODES = 48


@dataclass(frozen=True)
class DropoutRule:
    """Probabilities and weights; the weights sum to 1."""

    probabilities: Floats
    weights: Floats


def dropout_rule(a: float, b: float, nodes: int = EXACT_NODES) -> DropoutRule:
    """Return the rule that is exact over Beta(a, b) up to a polynomial of degree 2 * nodes - 1.

    Golub, Welsch (1969), "Calculation of Gauss Quadrature Rules", Mathematics of Computation 23:
    the nodes are the eigenvalues of the symmetric matrix of the recurrence of Jacobi's polynomials,
    the weights the squares of the eigenvectors' first entries. They come out normalised, so that
    no Beta function overflows for customers with thousands of purchases. The weight function (1 -
    s)^(b - 1) (1 + s)^(a - 1) on [-1, 1] is Beta's with p = (1 + s) / 2.
    """
    left, right = b - 1, a - 1
    total = left + right
    n = np.arange(1, nodes)
    diagonal = np.empty(nodes)
    diagonal[0] = (right - left) / (total + 2)
    diagonal[1:] = (right**2 - left**2) / ((2 * n + total) * (2 * n + total + 2))
    squares = np.empty(nodes - 1)
    squares[0] = 4 * (1 + left) * (1 + right) / ((2 + total) ** 2 * (3 + total))
    m = n[1:]
    squares[1:] = (
        4 * m * (m + left) * (m + right) * (m + total)
        / ((2 * m + total) ** 2 * (2 * m + total + 1) * (2 * m + total - 1))
    )  # fmt: skip
    places, vectors = eigh_tridiagonal(diagonal, np.sqrt(squares))
    return DropoutRule((1 + places) / 2, vectors[0] ** 2)
