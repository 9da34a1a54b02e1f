//! What outlets answered, and what was found when they were read back (invariants 18 and 19).

use super::{Context, Facts};
use crate::id::ChannelId;
use crate::job::{Found, Job, JobKey, Progress, ReadBack};
use crate::record::Fact;
use crate::refusal::Refusal;

impl<'a> Context<'a> {
    fn job(&self, key: &JobKey) -> Result<&'a Job, Refusal> {
        self.river_only()?;
        self.state.jobs.get(key).ok_or_else(|| Refusal::unknown("job", key))
    }

    /// What was taken stays taken, also where it had been dropped while under way. Where the receiver
    /// says what it took, that is compared at once.
    pub(super) fn report_delivered(&self, key: &JobKey, digest: &str, answered: Option<&str>) -> Facts {
        if let Progress::Sent { .. } = self.job(key)?.progress {
            return Ok(Vec::new());
        }
        let delivered = Fact::Delivered { job: key.clone(), digest: digest.to_owned() };
        let judged = answered.map(|answered| Fact::ReadBackJudged {
            job: key.clone(),
            found: Found::Digest(answered.to_owned()),
            verdict: self.compare(digest, answered),
        });
        Ok(std::iter::once(delivered).chain(judged).collect())
    }

    fn compare(&self, sent: &str, answered: &str) -> ReadBack {
        let at = self.now;
        if sent.eq_ignore_ascii_case(answered) {
            return ReadBack::Matches { at };
        }
        ReadBack::Different { at, what: "the receiver says that it took other bytes".to_owned() }
    }

    pub(super) fn report_dropped(&self, key: &JobKey, why: &str) -> Facts {
        match self.job(key)?.progress {
            Progress::Queued => Ok(vec![Fact::Dropped { job: key.clone(), why: why.to_owned() }]),
            Progress::Sent { .. } | Progress::Dropped { .. } => Ok(Vec::new()),
        }
    }

    pub(super) fn report_outlet(&self, channel: &ChannelId, alarm: Option<&String>) -> Facts {
        self.river_only()?;
        if self.state.outlet_alarms.contains_key(channel) == alarm.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![Fact::OutletChanged { channel: channel.clone(), alarm: alarm.cloned() }])
    }

    /// Judges what was found against the clock. Nothing is a verdict before it is due; what could
    /// not be asked is unverified, and takes no verdict back.
    pub(super) fn report_read_back(&self, key: &JobKey, found: &Found) -> Facts {
        let job = self.job(key)?;
        let at = self.now;
        let verdict = match (found, &job.read_back) {
            (_, ReadBack::Pending { due }) if at < *due => return Ok(Vec::new()),
            (Found::Same, ReadBack::Pending { .. }) => ReadBack::Matches { at },
            (Found::Same, ReadBack::Matches { .. } | ReadBack::Late { .. }) => return Ok(Vec::new()),
            (Found::Same, _) => ReadBack::Late { at },
            (Found::Nothing, ReadBack::Absent { .. }) => return Ok(Vec::new()),
            (Found::Nothing, _) => ReadBack::Absent { at },
            (Found::Other(what), ReadBack::Different { what: kept, .. }) if what == kept => {
                return Ok(Vec::new());
            }
            (Found::Other(what), _) => ReadBack::Different { at, what: what.clone() },
            (Found::Unreachable(_), ReadBack::Pending { .. }) => ReadBack::Unverified,
            (Found::Unreachable(_), _) => return Ok(Vec::new()),
            (Found::Digest(answered), _) => match &job.progress {
                Progress::Sent { digest, .. } => self.compare(digest, answered),
                Progress::Queued | Progress::Dropped { .. } => return Ok(Vec::new()),
            },
        };
        Ok(vec![Fact::ReadBackJudged { job: key.clone(), found: found.clone(), verdict }])
    }
}
