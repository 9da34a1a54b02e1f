//! Plays games: decides, applies, keeps the records, and lets a property look at every step.

use super::commands::{Move, moves, resolve};
use super::world::{World, roles, worlds};
use beaconfire_core::{Actor, Command, Fact, InboundAlert, Record, Refusal, State, apply, decide, record};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use std::cell::Cell;
use std::collections::BTreeMap;

/// When every game begins.
const BEGINNING: i64 = 1_772_323_200;
/// Games of one property, where the environment does not say otherwise.
const CASES: u32 = 16;
/// So often a property's premise is to be met, in so many times that many games at most.
const ENOUGH: usize = 3;
const ROUNDS: u32 = 12;

pub(crate) type Verdict = Result<(), TestCaseError>;

/// A configuration and what happens to it.
#[derive(Clone, Debug)]
pub(crate) struct Game {
    pub(crate) world: World,
    pub(crate) moves: Vec<Move>,
}

pub(crate) fn games() -> impl Strategy<Value = Game> {
    (worlds(), prop::collection::vec(moves(), 30..=80)).prop_map(|(world, moves)| Game { world, moves })
}

/// A game being played.
pub(crate) struct Machine {
    pub(crate) world: World,
    pub(crate) state: State,
    pub(crate) records: Vec<Record>,
    /// The caller's clock.
    pub(crate) now: Timestamp,
    /// Alerts that others sent and that have not come yet.
    pub(crate) drawer: Vec<InboundAlert>,
    /// Numbers given to alerts.
    pub(crate) fresh: u64,
}

/// One step, as a property sees it.
pub(crate) struct Seen<'a> {
    pub(crate) before: &'a State,
    pub(crate) command: &'a Command,
    pub(crate) actor: &'a Actor,
    /// The caller's clock; it may have gone back.
    pub(crate) now: Timestamp,
    pub(crate) outcome: &'a Result<Vec<Record>, Refusal>,
    pub(crate) after: &'a State,
    /// All records so far, this step's at the end.
    pub(crate) records: &'a [Record],
    /// Whether it is the game's last step.
    pub(crate) last: bool,
    met: &'a Cell<usize>,
}

impl Seen<'_> {
    /// Notes that the property's premise was met: one that never is says nothing.
    pub(crate) fn met(&self) {
        self.met.set(self.met.get() + 1);
    }

    /// This step's records; none where it was refused.
    pub(crate) fn news(&self) -> &[Record] {
        self.outcome.as_deref().unwrap_or_default()
    }

    /// This step's facts.
    pub(crate) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.news().iter().map(|record| &record.fact)
    }

    /// River time of this step.
    pub(crate) fn river(&self) -> Timestamp {
        self.now.max(self.before.river_time)
    }

    /// The acting account.
    pub(crate) fn account(&self) -> Option<&beaconfire_core::AccountId> {
        match self.actor {
            Actor::River => None,
            Actor::Operator { account, .. } => Some(account),
        }
    }
}

impl Machine {
    pub(crate) fn new(world: &World) -> Self {
        Self {
            world: world.clone(),
            state: State::default(),
            records: Vec::new(),
            now: Timestamp::from_second(BEGINNING).expect("in range"),
            drawer: Vec::new(),
            fresh: 0,
        }
    }

    fn opening(&self) -> Vec<Command> {
        let mut commands = vec![
            Command::Open { mode: self.world.mode, exercise: Some("ex-1".to_owned()) },
            Command::LoadRules(Box::new(self.world.rules.clone())),
        ];
        commands.extend(roles().into_iter().map(|(account, roles)| Command::SetRoles { account, roles }));
        commands
    }

    /// Decides and applies one command, and shows it.
    fn step(
        &mut self,
        (command, actor): (&Command, &Actor),
        last: bool,
        met: &Cell<usize>,
        look: &dyn Fn(&Seen) -> Verdict,
    ) -> Verdict {
        let outcome = decide(&self.state, command, actor, self.now);
        let before = self.state.clone();
        for record in outcome.iter().flatten() {
            apply(&mut self.state, record);
        }
        self.records.extend(outcome.iter().flatten().cloned());
        look(&Seen {
            before: &before,
            command,
            actor,
            now: self.now,
            outcome: &outcome,
            after: &self.state,
            records: &self.records,
            last,
            met,
        })
    }
}

impl Game {
    /// Plays to the end, or to the first step that the property refuses.
    pub(crate) fn play(
        &self,
        met: &Cell<usize>,
        look: &dyn Fn(&Seen) -> Verdict,
    ) -> Result<Machine, TestCaseError> {
        let mut machine = Machine::new(&self.world);
        for command in machine.opening() {
            machine.step((&command, &Actor::River), false, met, look)?;
        }
        for (at, next) in self.moves.iter().enumerate() {
            let wait = SignedDuration::from_secs(next.wait);
            machine.now = machine.now.checked_add(wait).expect("games last days, not ages");
            let last = at + 1 == self.moves.len();
            let move_now = resolve(&mut machine, &next.what);
            let (command, actor) = move_now.unwrap_or((Command::Tick, Actor::River));
            machine.step((&command, &actor), last, met, look)?;
        }
        Ok(machine)
    }
}

/// Plays games from a fixed seed and lets the property look at every step of each; fails also where
/// its premise was never met. `PROPTEST_CASES` and `PROPTEST_RNG_SEED` ask for more and other games.
pub(crate) fn always(look: impl Fn(&Seen) -> Verdict) {
    let met = Cell::new(0);
    for round in 0..ROUNDS {
        let mut runner = TestRunner::new(config(&format!("{} {round}", std::any::type_name_of_val(&look))));
        if let Err(error) = runner.run(&games(), |game| game.play(&met, &look).map(|_| ())) {
            panic!("{error}");
        }
        // What a property speaks of may be rare: play on until it has happened.
        if met.get() >= ENOUGH {
            break;
        }
    }
    assert!(met.get() > 0, "no game met the premise: the property says nothing");
}

/// The end of every game of a strategy, from a fixed seed.
pub(crate) fn played(cases: u32, games: impl Strategy<Value = Game>) -> Vec<Machine> {
    played_from(1150, cases, games)
}

/// The same from another seed.
pub(crate) fn played_from(seed: u64, cases: u32, games: impl Strategy<Value = Game>) -> Vec<Machine> {
    let machines = std::cell::RefCell::new(Vec::new());
    let config = Config { cases, rng_seed: RngSeed::Fixed(seed), ..config("") };
    let result = TestRunner::new(config).run(&games, |game| {
        machines.borrow_mut().push(game.play(&Cell::new(0), &|_| Ok(()))?);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    machines.into_inner()
}

/// Long games, in which everything happens sooner or later.
pub(crate) fn long_games() -> impl Strategy<Value = Game> {
    (worlds(), prop::collection::vec(moves(), 350..=400)).prop_map(|(world, moves)| Game { world, moves })
}

/// How often each kind of fact occurs.
pub(crate) fn kinds<'a>(records: impl IntoIterator<Item = &'a Record>) -> BTreeMap<&'static str, usize> {
    let mut kinds = BTreeMap::new();
    for record in records {
        *kinds.entry(record::kind(&record.fact)).or_default() += 1;
    }
    kinds
}

fn config(name: &str) -> Config {
    let usual = Config::default();
    // FNV-1a: each property plays its own games, the same ones at every run.
    let seed = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    Config {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() { usual.cases } else { CASES },
        rng_seed: if usual.rng_seed == RngSeed::Random { RngSeed::Fixed(seed) } else { usual.rng_seed },
        failure_persistence: None,
        max_shrink_iters: 200,
        ..usual
    }
}
