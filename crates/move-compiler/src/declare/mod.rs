//! Collects the definitions of all files into a [`Program`]: who is called what, and the types of
//! everything but bodies.

mod attributes;
mod functions;
mod names;
mod resolve;
mod structs;
mod usage;

use std::{collections::BTreeMap, rc::Rc};

use lumio_move_engine::{Address, ModuleId as ModuleName};

use crate::{
    Diagnostic, Diagnostics, Ident, Span, Symbol, ast,
    program::{
        Const, ConstId, Function, FunctionId, Program, Struct, StructBody, StructId, Unit, UnitId,
        Visibility,
    },
    types::{Integer, Type, TypeParameter},
};

pub(crate) use attributes::{allows, has_attribute, is_test, is_test_only, resolve_groups};
pub(crate) use names::{Aliases, Entity, Names};
pub(crate) use resolve::{TypeNames, abilities_of, resolve_type};
pub(crate) use structs::{ABILITIES, ability_name};
pub(crate) use usage::Mentions;

/// A parsed file with where it comes from.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// What is in it.
    pub file: ast::File,
    /// Whether it belongs to the package that is compiled.
    pub is_root: bool,
    /// The package.
    pub package: Symbol,
}

/// What a declaration needs of its parsed form later.
pub(crate) struct Declared {
    pub(crate) program: Program,
    pub(crate) names: Names,
    /// The parsed constants, to be evaluated.
    pub(crate) constants: Vec<(ConstId, ast::Const)>,
    /// Text of the package that is left out: specifications, and tests if they are not wanted.
    pub(crate) skipped: Vec<Span>,
}

/// Collects definitions. Tests and what only they need are left out unless `tests` asks for them;
/// tests of dependencies always are, but not what they need, since other tests may need it, too.
pub(crate) fn declare(
    files: Vec<Parsed>,
    addresses: BTreeMap<Symbol, Address>,
    tests: bool,
    diagnostics: &mut Diagnostics,
) -> Declared {
    let mut declare = Declare {
        program: Program {
            addresses,
            ..Program::default()
        },
        names: Names::default(),
        diagnostics,
        constants: Vec::new(),
        structs: Vec::new(),
        functions: Vec::new(),
        skipped: Vec::new(),
    };
    let mut bodies = Vec::new();
    let (roots, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|f| f.is_root);
    for parsed in others.into_iter().chain(roots) {
        if parsed.is_root {
            declare.skipped.extend(parsed.file.skipped);
        }
        for module in parsed.file.modules {
            if !tests && is_test_only(&module.preface.attributes) {
                declare.skipped.push(module.span);
            } else {
                bodies.extend(declare.module(module, parsed.is_root, &parsed.package, tests));
            }
        }
        for script in parsed.file.scripts {
            bodies.push(declare.script(script, parsed.is_root, &parsed.package, tests));
        }
    }
    for (unit, items) in &bodies {
        declare.uses(*unit, items);
    }
    for (unit, items) in bodies {
        declare.friends(unit, &items);
    }
    declare.resolve_structs();
    declare.resolve_functions();
    declare.visibilities();
    let Declare {
        program,
        names,
        constants,
        skipped,
        ..
    } = declare;
    let mut declared = Declared {
        program,
        names,
        constants,
        skipped,
    };
    structs::check(&declared.program, diagnostics);
    attributes::check(&mut declared.program, diagnostics);
    declared
}

struct Declare<'a> {
    program: Program,
    names: Names,
    diagnostics: &'a mut Diagnostics,
    constants: Vec<(ConstId, ast::Const)>,
    structs: Vec<(StructId, ast::Struct)>,
    functions: Vec<(FunctionId, Rc<ast::Function>)>,
    skipped: Vec<Span>,
}

type UnitItems = (UnitId, Vec<ast::Item>);

fn id(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Declare<'_> {
    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(span, message));
    }

    /// The address that a name stands for.
    fn address(&mut self, name: &ast::AddressName) -> Option<Address> {
        match name {
            ast::AddressName::Number(address, _) => Some(*address),
            ast::AddressName::Named(ident) => {
                let known = self.program.addresses.get(&ident.name).copied();
                if known.is_none() {
                    self.diagnostics.push(unknown_address(ident));
                }
                known
            }
        }
    }

    fn module(
        &mut self,
        module: ast::Module,
        is_root: bool,
        package: &Symbol,
        tests: bool,
    ) -> Option<UnitItems> {
        let Some(address) = &module.address else {
            let error = Diagnostic::error(module.name.span, "this module has no address");
            self.diagnostics.push(error.help(format!(
                "write `module address::{} {{ … }}`, or put it into `address … {{ }}`",
                module.name
            )));
            return None;
        };
        let address_name = match address {
            ast::AddressName::Named(ident) => Some(ident.name.clone()),
            ast::AddressName::Number(..) => None,
        };
        let address = self.address(address)?;
        let name = ModuleName::new(address, module.name.as_str());
        let unit = UnitId(id(self.program.units.len()));
        if let Some(other) = self.program.modules.get(&name) {
            let other = self.program.unit(*other).ident.span;
            self.diagnostics.push(
                Diagnostic::error(module.name.span, format!("module `{name}` exists already"))
                    .also(other, "it is defined here"),
            );
            return None;
        }
        self.program.modules.insert(name.clone(), unit);
        self.program.units.push(Unit {
            name: Some(name),
            ident: module.name,
            address_name,
            is_test_only: is_test_only(&module.preface.attributes),
            attributes: module.preface.attributes,
            doc: module.preface.doc,
            is_root,
            package: package.clone(),
            friends: Vec::new(),
            structs: Vec::new(),
            functions: Vec::new(),
            constants: Vec::new(),
            span: module.span,
        });
        self.items(unit, &module.items, tests);
        Some((unit, module.items))
    }

    fn script(
        &mut self,
        script: ast::Script,
        is_root: bool,
        package: &Symbol,
        tests: bool,
    ) -> UnitItems {
        let unit = UnitId(id(self.program.units.len()));
        let function = script.items.iter().find_map(|item| match item {
            ast::Item::Function(function) => Some(function.name.clone()),
            _ => None,
        });
        let ident = function.unwrap_or(Ident {
            name: "script".into(),
            span: script.span,
        });
        self.program.units.push(Unit {
            name: None,
            ident,
            address_name: None,
            is_test_only: is_test_only(&script.preface.attributes),
            attributes: script.preface.attributes,
            doc: script.preface.doc,
            is_root,
            package: package.clone(),
            friends: Vec::new(),
            structs: Vec::new(),
            functions: Vec::new(),
            constants: Vec::new(),
            span: script.span,
        });
        let mut functions = Vec::new();
        for item in &script.items {
            match item {
                ast::Item::Function(function) => functions.push(function.name.span),
                ast::Item::Use(_) | ast::Item::Const(_) => {}
                ast::Item::Struct(s) => self.error(s.name.span, "a script has no structs"),
                ast::Item::Friend(f) => self.error(f.span, "a script has no friends"),
            }
        }
        match functions.as_slice() {
            [_] => {}
            [first, second, ..] => self.diagnostics.push(
                Diagnostic::error(*second, "a script has exactly one function")
                    .also(*first, "it is this one"),
            ),
            [] => self.error(script.span, "a script has exactly one function"),
        }
        self.items(unit, &script.items, tests);
        (unit, script.items)
    }

    /// Gives numbers to the definitions of a unit.
    fn items(&mut self, unit: UnitId, items: &[ast::Item], tests: bool) {
        self.names.add_unit(unit);
        let is_root = self.program.unit(unit).is_root;
        for item in items {
            match item {
                ast::Item::Struct(item) if tests || !is_test_only(&item.preface.attributes) => {
                    self.structure(unit, item);
                }
                ast::Item::Function(item)
                    if (tests || !is_test_only(&item.preface.attributes))
                        && (tests && is_root || !is_test(&item.preface.attributes)) =>
                {
                    self.function(unit, item);
                }
                ast::Item::Const(item) if tests || !is_test_only(&item.preface.attributes) => {
                    self.constant(unit, item);
                }
                ast::Item::Struct(item) => self.skip(&item.preface, item.span),
                ast::Item::Function(item) => self.skip(&item.preface, item.span),
                ast::Item::Const(item) => self.skip(&item.preface, item.span),
                ast::Item::Use(_) | ast::Item::Friend(_) => {}
            }
        }
    }

    fn skip(&mut self, preface: &ast::Preface, span: Span) {
        self.skipped
            .extend(preface.attributes.iter().map(|a| a.span));
        self.skipped.push(span);
    }

    fn claim(&mut self, name: &Ident, what: &str, before: Option<Span>) {
        let reserved = ["bool", "address", "signer", "vector", "Self"];
        if reserved.contains(&name.as_str()) || Integer::of_name(name).is_some() {
            let message = format!("`{name}` means something else and cannot be defined");
            self.error(name.span, message);
        }
        if let Some(before) = before {
            self.diagnostics.push(
                Diagnostic::error(name.span, format!("{what} `{name}` is defined twice"))
                    .also(before, "it is defined here first"),
            );
        }
    }

    fn abilities(&mut self, written: &[(ast::Ability, Span)]) {
        for (n, (ability, span)) in written.iter().enumerate() {
            let mut before = written.iter().take(n);
            if let Some((_, first)) = before.find(|(other, _)| other == ability) {
                let message = format!("`{}` is written twice", ability_name(*ability));
                self.diagnostics.push(
                    Diagnostic::error(*span, message).also(*first, "it is written here first"),
                );
            }
        }
    }

    fn structure(&mut self, unit: UnitId, item: &ast::Struct) {
        let new = StructId(id(self.program.structs.len()));
        let before = self.names.own(unit, &item.name.name);
        let before = before.and_then(|own| own.span(&self.program));
        self.claim(&item.name, "struct", before);
        if !item.name.starts_with(|c: char| c.is_ascii_uppercase()) {
            let error = "the name of a struct begins with a capital letter";
            self.error(item.name.span, error);
        }
        self.abilities(&item.abilities);
        self.names.member(unit, &item.name.name).structure = Some(new);
        self.program.structs.push(Struct {
            unit,
            name: item.name.clone(),
            attributes: item.preface.attributes.clone(),
            doc: item.preface.doc.clone(),
            visibility: visibility(item.visibility),
            type_parameters: Vec::new(),
            abilities: abilities_of(&item.abilities),
            body: StructBody::Native,
        });
        self.unit(unit).structs.push(new);
        self.structs.push((new, item.clone()));
    }

    #[allow(clippy::indexing_slicing)]
    fn unit(&mut self, unit: UnitId) -> &mut Unit {
        &mut self.program.units[unit.index()]
    }

    fn function(&mut self, unit: UnitId, item: &ast::Function) {
        let new = FunctionId(id(self.program.functions.len()));
        let before = self.names.own(unit, &item.name.name);
        let before = before.and_then(|own| own.span(&self.program));
        self.claim(&item.name, "function", before);
        if item.name.starts_with('_') {
            self.error(
                item.name.span,
                "the name of a function begins with a letter",
            );
        }
        self.names.member(unit, &item.name.name).function = Some(new);
        let source = Rc::new(item.clone());
        self.program.functions.push(Function {
            unit,
            name: item.name.clone(),
            attributes: item.preface.attributes.clone(),
            doc: item.preface.doc.clone(),
            visibility: visibility(item.visibility),
            is_entry: item.entry.is_some(),
            is_inline: item.inline.is_some(),
            is_native: item.body.is_none(),
            is_test_only: is_test_only(&item.preface.attributes)
                || is_test(&item.preface.attributes),
            type_parameters: Vec::new(),
            parameters: Vec::new(),
            returns: Type::unit(),
            acquires: Vec::new(),
            source: Some(source.clone()),
            span: item.span,
        });
        self.unit(unit).functions.push(new);
        self.functions.push((new, source));
    }

    fn constant(&mut self, unit: UnitId, item: &ast::Const) {
        let new = ConstId(id(self.program.constants.len()));
        let before = self.names.own(unit, &item.name.name);
        let before = before.and_then(|own| own.span(&self.program));
        self.claim(&item.name, "constant", before);
        if !item.name.starts_with(|c: char| c.is_ascii_uppercase()) {
            let error = "the name of a constant begins with a capital letter";
            self.error(item.name.span, error);
        }
        match item.visibility {
            ast::Visibility::Private => {}
            ast::Visibility::Public(span)
            | ast::Visibility::Friend(span)
            | ast::Visibility::Package(span) => self.diagnostics.push(
                Diagnostic::error(span, "a constant is always private to its module")
                    .help("add a public function that returns it"),
            ),
        }
        self.names.member(unit, &item.name.name).constant = Some(new);
        self.program.constants.push(Const {
            unit,
            name: item.name.clone(),
            attributes: item.preface.attributes.clone(),
            doc: item.preface.doc.clone(),
            ty: Type::Error,
            value: None,
            is_test_only: is_test_only(&item.preface.attributes),
            span: item.span,
        });
        self.unit(unit).constants.push(new);
        self.constants.push((new, item.clone()));
    }

    fn uses(&mut self, unit: UnitId, items: &[ast::Item]) {
        let mut aliases = Aliases::default();
        for item in items {
            if let ast::Item::Use(item) = item {
                aliases.add(item, &self.program, &self.names, self.diagnostics);
            }
        }
        for (name, span) in aliases.members() {
            let own = match self.names.own(unit, name) {
                Some(own) => own.span(&self.program),
                None => None,
            };
            if let Some(own) = own {
                let message = format!("`{name}` is brought in by `use`, and defined in the module");
                self.diagnostics
                    .push(Diagnostic::error(own, message).also(span, "it is brought in here"));
            }
        }
        self.names.set_aliases(unit, aliases);
    }

    fn friends(&mut self, unit: UnitId, items: &[ast::Item]) {
        for item in items {
            let ast::Item::Friend(item) = item else {
                continue;
            };
            let found = self.names.module(&self.program, unit, &[], &item.module);
            match found {
                Some(friend) if friend == unit => {
                    self.error(item.span, "a module cannot be its own friend");
                }
                Some(friend) if !self.same_address(unit, friend) => {
                    let message = "a friend is a module at the same address";
                    self.error(item.module.span, message);
                }
                Some(friend) => {
                    let friends = &mut self.unit(unit).friends;
                    let twice = friends.iter().any(|(known, _)| *known == friend);
                    if !twice {
                        friends.push((friend, item.span));
                    } else {
                        self.error(item.span, "this friend is declared twice");
                    }
                }
                // A friend that exists with tests only.
                None if is_test_only(&item.preface.attributes) => {}
                None => self.error(item.module.span, "there is no such module"),
            }
        }
    }

    fn same_address(&self, one: UnitId, other: UnitId) -> bool {
        let address = |unit| self.program.unit(unit).name.as_ref().map(|n| n.address);
        address(one) == address(other)
    }

    fn resolve_structs(&mut self) {
        let structs = std::mem::take(&mut self.structs);
        for (id, item) in &structs {
            let parameters = self.type_parameters(&item.type_parameters);
            if let Some(structure) = self.program.structs.get_mut(id.index()) {
                structure.type_parameters = parameters;
            }
        }
        for (id, item) in &structs {
            let unit = self.program.structure(*id).unit;
            self.names.usage.enter(unit, &item.name.name);
            let body = self.struct_body(*id, item);
            if let Some(structure) = self.program.structs.get_mut(id.index()) {
                structure.body = body;
            }
        }
    }
}

/// The type parameters of a definition as types.
pub(crate) fn numbered(parameters: &[TypeParameter]) -> Vec<(Symbol, Type)> {
    (0..)
        .zip(parameters)
        .map(|(n, p)| (p.name.name.clone(), Type::Parameter(n)))
        .collect()
}

/// The packages of the framework that give these addresses their names.
const FRAMEWORK: [(&str, &str); 5] = [
    ("std", "MoveStdlib"),
    ("aptos_std", "AptosStdlib"),
    ("aptos_framework", "AptosFramework"),
    ("aptos_token", "AptosToken"),
    ("aptos_token_objects", "AptosTokenObjects"),
];

pub(crate) fn unknown_address(ident: &Ident) -> Diagnostic {
    let package = FRAMEWORK.iter().find(|(name, _)| *name == ident.as_str());
    let help = match package {
        Some((_, package)) => {
            format!(
                "it comes with the framework: write `{package} = {{}}` under `[dependencies]` of Move.toml"
            )
        }
        None => {
            format!("give it a value under `[addresses]` of Move.toml: {ident} = \"0x…\"")
        }
    };
    Diagnostic::error(ident.span, format!("there is no named address `{ident}`")).help(help)
}

/// Modules of Aptos' framework that Lumio's does not have, and what they are for.
const REMOVED: [(&str, &[&str]); 6] = [
    (
        "staking",
        &[
            "delegation_pool",
            "stake",
            "staking_config",
            "staking_contract",
            "staking_proxy",
            "validator_consensus_info",
            "vesting",
        ],
    ),
    (
        "governance by voting",
        &["aptos_governance", "governance_proposal", "voting"],
    ),
    (
        "curves other than secp256k1 and ed25519",
        &[
            "bls12381",
            "bls12381_algebra",
            "bn254_algebra",
            "crypto_algebra",
            "ristretto255",
            "ristretto255_bulletproofs",
            "ristretto255_elgamal",
            "ristretto255_pedersen",
        ],
    ),
    (
        "confidential assets",
        &[
            "confidential_asset",
            "confidential_balance",
            "confidential_proof",
            "ristretto255_twisted_elgamal",
        ],
    ),
    (
        "keyless accounts",
        &[
            "federated_keyless",
            "jwk_consensus_config",
            "jwks",
            "keyless",
            "keyless_account",
        ],
    ),
    (
        "settings of Aptos' consensus",
        &[
            "consensus_config",
            "dkg",
            "execution_config",
            "randomness_api_v0_config",
            "randomness_config",
            "randomness_config_seqnum",
            "reconfiguration_state",
            "reconfiguration_with_dkg",
        ],
    ),
];

/// What to do about a module that is not there.
pub(crate) fn missing_module(address: Option<Address>, module: &Ident) -> String {
    let framework = address == Some(Address::ONE);
    let removed = REMOVED
        .iter()
        .find(|(_, modules)| framework && modules.contains(&module.as_str()));
    match removed {
        Some((what, _)) => format!("Lumio has no {what}, and no modules for it"),
        None => "is the package that has it among the dependencies of Move.toml?".into(),
    }
}

fn visibility(visibility: ast::Visibility) -> Visibility {
    match visibility {
        ast::Visibility::Private => Visibility::Private,
        ast::Visibility::Public(_) => Visibility::Public,
        ast::Visibility::Friend(_) => Visibility::Friend,
        ast::Visibility::Package(_) => Visibility::Package,
    }
}
