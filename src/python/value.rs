//! The values that are told apart; of all others nothing is known.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use ruff_python_ast::{StmtClassDef, StmtFunctionDef};

/// What an expression may be; empty when nothing is known. A collection is what it holds.
pub(super) type Values<'a> = BTreeSet<Value<'a>>;

/// A value that is followed.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Value<'a> {
    /// A literal string.
    Text(&'a str),
    /// What the environment variable of that name holds.
    Variable(&'a str),
    /// Something outside the project, by its path: `boto3.client`.
    External(String),
    /// A module of the project, by its place among them.
    Module(usize),
    /// A function.
    Function(Function<'a>),
    /// A method of an object of that class.
    Method(Function<'a>, Class<'a>),
    /// A class.
    Class(Class<'a>),
    /// An object of that class.
    Object(Class<'a>),
    /// A client of that service.
    Client(&'a str),
    /// A resource of that service, or what came from one.
    Resource(&'a str),
    /// A method of a client.
    Operation(&'a str, &'a str),
}

/// A function, with the scope in which it was defined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function<'a> {
    pub(super) code: usize,
    pub(super) node: &'a StmtFunctionDef,
    pub(super) scope: usize,
}

/// A class, with the scope that holds its methods and the fields of its objects.
#[derive(Clone, Copy, Debug)]
pub(super) struct Class<'a> {
    pub(super) code: usize,
    pub(super) node: &'a StmtClassDef,
    pub(super) scope: usize,
}

impl Function<'_> {
    fn key(&self) -> (usize, u32, usize) {
        (self.code, self.node.range.start().to_u32(), self.scope)
    }
}

impl Class<'_> {
    fn key(&self) -> (usize, u32, usize) {
        (self.code, self.node.range.start().to_u32(), self.scope)
    }
}

macro_rules! ordered_by_key {
    ($name:ident) => {
        impl PartialEq for $name<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.key() == other.key()
            }
        }

        impl Eq for $name<'_> {}

        impl PartialOrd for $name<'_> {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name<'_> {
            fn cmp(&self, other: &Self) -> Ordering {
                self.key().cmp(&other.key())
            }
        }
    };
}

ordered_by_key!(Function);
ordered_by_key!(Class);

/// Arguments of a call, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments<'a> {
    /// By position; the last ones of a starred argument repeat it.
    pub(super) positional: Vec<Values<'a>>,
    /// What a starred argument holds, for all positions behind.
    pub(super) rest: Values<'a>,
    /// By name.
    pub(super) named: Vec<(&'a str, Values<'a>)>,
}

impl<'a> Arguments<'a> {
    /// Returns arguments by position only.
    pub(super) fn of(positional: Vec<Values<'a>>) -> Self {
        Self { positional, ..Self::default() }
    }

    /// Returns the argument at `position` or called `name`.
    pub(super) fn get(&self, position: usize, name: &str) -> Values<'a> {
        let named = self.named.iter().filter(|(found, _)| *found == name);
        let positional = self.positional.get(position).unwrap_or(&self.rest);
        named.map(|(_, values)| values).chain([positional]).flatten().cloned().collect()
    }

    /// Returns all of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Value<'a>> {
        let named = self.named.iter().map(|(_, values)| values);
        self.positional.iter().chain([&self.rest]).chain(named).flatten()
    }

    /// Returns them behind `first`.
    pub(super) fn behind(mut self, first: Value<'a>) -> Self {
        self.positional.insert(0, Values::from([first]));
        self
    }

    /// Returns them without the first.
    pub(super) fn without_first(mut self) -> Self {
        if !self.positional.is_empty() {
            self.positional.remove(0);
        }
        self
    }
}
