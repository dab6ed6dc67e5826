"""Records: nouns, immutable, no I/O."""

from tocsin.model.case import Case as Case
from tocsin.model.component import Component as Component
from tocsin.model.coverage import Coverage as Coverage
from tocsin.model.errors import Exit as Exit
from tocsin.model.errors import PluginError as PluginError
from tocsin.model.errors import Refused as Refused
from tocsin.model.errors import RemoteError as RemoteError
from tocsin.model.errors import TocsinError as TocsinError
from tocsin.model.errors import UserError as UserError
from tocsin.model.event import Event as Event
from tocsin.model.finding import Finding as Finding
from tocsin.model.finding import FindingKind as FindingKind
from tocsin.model.finding import Place as Place
from tocsin.model.finding import Suppression as Suppression
from tocsin.model.finding import fingerprint as fingerprint
from tocsin.model.indicator import Fact as Fact
from tocsin.model.indicator import Indicator as Indicator
from tocsin.model.observable import Observable as Observable
from tocsin.model.observable import ObservableType as ObservableType
from tocsin.model.run import Grant as Grant
from tocsin.model.run import Outcome as Outcome
from tocsin.model.run import Run as Run
from tocsin.model.run import Step as Step
from tocsin.model.severity import Confidence as Confidence
from tocsin.model.severity import Severity as Severity
