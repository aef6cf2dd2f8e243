"""Small cells: what may be shown of a controlled source, and the proof that nothing more can be derived."""

from workbench.assessment.suppression.auditing import Audit, audit
from workbench.assessment.suppression.release import Suppressed, suppress
from workbench.assessment.suppression.trends import suppress_trend

__all__ = ["Audit", "Suppressed", "audit", "suppress", "suppress_trend"]
