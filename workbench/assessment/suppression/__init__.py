"""Small cells: what may be shown of a controlled source, and the proof that nothing more can be derived."""

from workbench.assessment.suppression.auditing import Audit, audit
from workbench.assessment.suppression.release import Suppressed, suppress

__all__ = ["Audit", "Suppressed", "audit", "suppress"]
