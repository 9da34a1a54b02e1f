//! The life cycle: what a stream of messages means at a time. CAP 1.2, section 3.2.1 `msgType`, `references`.
//!
//! A [`Book`] takes copies of messages in any order, from any number of sources, and answers how each stands:
//! *active*, *superseded*, *ended*, *cancelled*, *expired* or *orphan*, apart for each info content and area with
//! its languages joined. How things stand depends on the set of what was taken and polled, never on the order:
//! a Cancel may come before its Alert, an Update without it, and everything any number of times. Time is a
//! parameter.
//!
//! ```
//! use beaconfire_cap::life::{Book, LifeEvent, Name, Seen, SourceRule, State, Trust};
//! use beaconfire_cap::{Limits, read};
//!
//! let message = |id: &str, kind: &str, references: &str| {
//!     let text = format!(
//!         "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>{id}</identifier>
//!          <sender>met@example.org</sender><sent>2026-11-21T1{}:00:00-00:00</sent><status>Actual</status>
//!          <msgType>{kind}</msgType><scope>Public</scope>{references}<info><category>Met</category>
//!          <event>Storm</event><urgency>Immediate</urgency><severity>Severe</severity>
//!          <certainty>Likely</certainty><expires>2026-11-21T20:00:00-00:00</expires></info></alert>",
//!         id.len(),
//!     );
//!     read(text.as_bytes(), &Limits::default()).expect("readable").messages.remove(0).alert
//! };
//! let alert = message("a", "Alert", "");
//! let sent = "met@example.org,a,2026-11-21T12:00:00+01:00"; // the same instant, written with another offset
//! let update = message("ab", "Update", &format!("<references>{sent}</references>"));
//!
//! let trust = Trust::none().with("met", SourceRule::trusting(["met@example.org"]));
//! let via = |source: &str| Seen { source: source.to_owned(), received: "2026-11-21T12:01:00Z".parse().unwrap() };
//! let mut book = Book::new(trust);
//! book.take(&update, &via("mirror")); // not trusted for the sender: it has no effect yet
//! book.take(&alert, &via("met"));
//! let now = "2026-11-21T13:00:00Z".parse().unwrap();
//! assert_eq!(book.in_force(now)[0].name, Name::of(&alert));
//!
//! let events = book.take(&update, &via("met"));
//! assert!(events.contains(&LifeEvent::Superseded { name: Name::of(&alert), by: Name::of(&update) }));
//! let stands = book.standing(alert.status, &Name::of(&alert), now).expect("known");
//! assert!(matches!(stands.state, State::Superseded { .. }));
//! assert_eq!(book.in_force(now)[0].name, Name::of(&update));
//! ```
//!
//! # Rules
//!
//! * **Names.** The triple names a message; `sent` is compared as an instant. Nearly the same name is not the
//!   same, and is remarked.
//! * **Who acts.** Only an Update or Cancel of the same sender, or of one with a delegation, through a source
//!   trusted for its sender ([`Trust`]), on messages of its own status. Anything else is remarked and has no
//!   effect; where a trusted copy comes later, it takes effect. Ack and Error act on nothing.
//! * **For good.** What was superseded, ended or cancelled does not revive, also where the Update that did it is
//!   cancelled. An Update of a cancelled message warns in its own right.
//! * **Several acts.** A Cancel wins over Updates; of Updates the first decides. Updates that stand side by
//!   side on one message are a fork ([`Standing::forks`]) and warn both.
//! * **Circles.** An Update supersedes only what was sent before it (in the same second: an Alert, or an Update
//!   of lesser name), so that no circle takes everything away.
//! * **Ends.** `AllClear`, or an Update that is Past and asks nothing, ends the parts at its places, and is an
//!   event of its own. Where an Update certainly leaves places out, it ended there
//!   ([`LifeEvent::EndedHere`]). An Alert that is Past, such as a report of an earthquake, stands till it
//!   expires.
//! * **No `expires`.** Each source's rule says how long such an alert stands, and whether it ends by leaving the
//!   source's list ([`Vanish`]).
//! * **Duplicates.** One name is one message, with the list of where it was seen. Copies that differ are
//!   disputed; those through a trusted source count. Distinct issuers stay apart ([`Book::likely_same`]).

mod book;
mod content;
mod event;
mod judge;
mod name;
mod place;
mod same;
mod standing;
mod trust;
mod vanish;

pub use book::Book;
pub use content::{Clear, Part, Text};
pub use event::{LifeEvent, Remark};
pub use name::Name;
pub use place::Place;
pub use same::LikelySame;
pub use standing::{End, Standing, State};
pub use trust::{Seen, Senders, SourceRule, Trust};
pub use vanish::{Poll, Presence, Vanish, VanishChange, VanishPolicy, Why};
