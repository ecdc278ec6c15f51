//! Cases and how they run.

use std::{collections::HashMap, sync::Arc};

use anyhow::{Context, Result, bail, ensure};
use lumio_move_engine::{
    Address, Changes, Details, Engine, Gas, Host, Interpreter, Location, ModuleId, Natives,
    PublishOptions, Returned, Session, TypeTag, VmResult, code::Code, verify::Config,
};
use serde::Deserialize;

use super::memory::Memory;

/// Hex modules by name.
pub(crate) type Stdlib = HashMap<String, Vec<String>>;

#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    steps: Vec<Step>,
}

#[derive(Debug, Default, Deserialize)]
struct Step {
    op: String,
    stdlib: Option<String>,
    bytes: Option<String>,
    function: Option<String>,
    #[serde(default)]
    no_link_check: bool,
    #[serde(default)]
    no_layout_check: bool,
    #[serde(default)]
    no_friend_check: bool,
    #[serde(default)]
    ty_args: Vec<String>,
    #[serde(default)]
    signers: Vec<String>,
    #[serde(default)]
    args: Vec<String>,
    gas: Option<u64>,
    ok: Option<bool>,
    status: Option<String>,
    sub: Option<u64>,
    at: Option<String>,
    offsets: Option<Vec<(u16, u16)>>,
    ret: Option<Vec<String>>,
    #[serde(rename = "mut")]
    mutated: Option<Vec<(u16, String)>>,
}

pub(crate) struct Replay {
    engine: Engine,
    code: Code,
    stdlib: HashMap<String, Memory>,
    modules: Stdlib,
    epoch: u64,
    /// How many errors had a place to compare, and how many agreed.
    pub(crate) places: usize,
    pub(crate) places_same: usize,
}

fn hex(text: &str) -> Result<Vec<u8>> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    ensure!(
        digits.len().is_multiple_of(2) && digits.is_ascii(),
        "{text:?} is not hex"
    );
    let byte = |i| u8::from_str_radix(&digits[i..i + 2], 16);
    (0..digits.len())
        .step_by(2)
        .map(byte)
        .collect::<Result<_, _>>()
        .context("not hex")
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The in-memory state with an epoch that no other case has.
struct Isolated<'a> {
    memory: &'a mut Memory,
    epoch: u64,
}

impl Host for Isolated<'_> {
    fn code_epoch(&mut self) -> VmResult<[u8; 32]> {
        let mut epoch = self.memory.code_epoch()?;
        epoch[24..].copy_from_slice(&self.epoch.to_le_bytes());
        Ok(epoch)
    }

    fn module(&mut self, id: &ModuleId) -> VmResult<Option<Arc<[u8]>>> {
        self.memory.module(id)
    }

    fn resource(
        &mut self,
        address: Address,
        tag: &lumio_move_engine::StructTag,
    ) -> VmResult<Option<Vec<u8>>> {
        self.memory.resource(address, tag)
    }
}

impl Replay {
    pub(crate) fn new(interpreter: Interpreter, modules: Stdlib) -> Self {
        let engine = Engine {
            natives: Natives::standard(),
            verifier: Config::production(),
            interpreter,
            ..Engine::default()
        };
        let stdlib = HashMap::new();
        Self {
            engine,
            code: Code::default(),
            stdlib,
            modules,
            epoch: 0,
            places: 0,
            places_same: 0,
        }
    }

    pub(crate) fn run(&mut self, case: &Case, strict: bool) -> Result<()> {
        let mut memory = Memory::default();
        self.epoch += 1;
        for (number, step) in case.steps.iter().enumerate() {
            let done = self.step(&mut memory, step, strict);
            done.with_context(|| format!("step {number} ({})", step.op))?;
        }
        Ok(())
    }

    fn step(&mut self, memory: &mut Memory, step: &Step, strict: bool) -> Result<()> {
        let gas = &mut step.gas.map_or_else(Gas::unlimited, Gas::new);
        match step.op.as_str() {
            "init" => {
                if let Some(key) = &step.stdlib {
                    *memory = self.initial(key)?;
                }
                Ok(())
            }
            "publish" => {
                let bytes = hex(step.bytes.as_deref().context("bytes are missing")?)?;
                let options = PublishOptions {
                    check_linking: !step.no_link_check,
                    check_layout: !step.no_layout_check,
                    check_friends: !step.no_friend_check,
                };
                let got = self.session(memory, |s| s.publish(&[bytes], &options));
                self.compare(step, got.map(|()| Returned::default()), strict)
            }
            "script" => {
                let bytes = hex(step.bytes.as_deref().context("bytes are missing")?)?;
                let (types, arguments) = (types(step)?, arguments(step)?);
                let got = self.session(memory, |s| s.run_script(&bytes, &types, &arguments, gas));
                self.compare(step, got, strict)
            }
            "call" => {
                let function = step.function.as_deref().context("function is missing")?;
                let parts: Vec<_> = function.split("::").collect();
                let [address, module, name] = parts.as_slice() else {
                    bail!("{function:?} is not address::module::function");
                };
                let module = ModuleId::new(address.parse()?, *module);
                let (types, arguments) = (types(step)?, arguments(step)?);
                let got = self.session(memory, |s| s.call(&module, name, &types, &arguments, gas));
                self.compare(step, got, strict)
            }
            other => bail!("unknown op {other:?}"),
        }
    }

    /// The state after a standard library is published.
    fn initial(&mut self, key: &str) -> Result<Memory> {
        if let Some(known) = self.stdlib.get(key) {
            return Ok(known.clone());
        }
        let modules = self
            .modules
            .get(key)
            .with_context(|| format!("no stdlib {key:?}"))?;
        let modules = modules.iter().map(|m| hex(m)).collect::<Result<Vec<_>>>()?;
        let mut memory = Memory::default();
        self.session(&mut memory, |s| {
            s.publish(&modules, &PublishOptions::default())
        })
        .map_err(|e| anyhow::anyhow!("the stdlib {key:?} is refused: {e}"))?;
        self.stdlib.insert(key.to_owned(), memory.clone());
        Ok(memory)
    }

    /// Runs in a session of its own, whose changes stay only if it succeeds.
    fn session<T>(
        &mut self,
        memory: &mut Memory,
        run: impl FnOnce(&mut Session<'_>) -> VmResult<T>,
    ) -> VmResult<T> {
        let mut host = Isolated {
            memory,
            epoch: self.epoch,
        };
        let mut session = Session::new(&self.engine, &mut self.code, &mut host)?;
        let result = run(&mut session)?;
        let changes: Changes = session.finish()?;
        memory.commit(changes);
        Ok(result)
    }

    fn compare(&mut self, step: &Step, got: VmResult<Returned>, strict: bool) -> Result<()> {
        let expected = step.ok.unwrap_or(true);
        match got {
            Ok(_) if !expected => {
                let status = step.status.as_deref().unwrap_or("an error");
                bail!("expected {status} {:?}, but it succeeded", step.sub)
            }
            Err(error) if expected => bail!("expected success, got {error}"),
            // Gas differs between machines: only whether it fails counts.
            _ if step.gas.is_some() => Ok(()),
            Ok(returned) => values(step, &returned),
            Err(error) => self.errors(step, error.details(), strict),
        }
    }

    fn errors(&mut self, step: &Step, got: &Details, strict: bool) -> Result<()> {
        if let Some(status) = &step.status {
            ensure!(
                got.status.name() == status,
                "expected {status}, got {}",
                show(got)
            );
        }
        if step.sub.is_some() {
            let sub = got.sub_status;
            ensure!(
                sub == step.sub,
                "expected sub {:?}, got {}",
                step.sub,
                show(got)
            );
        }
        let mut same = true;
        if let Some(at) = &step.at {
            same &= place(&got.location).contains(&at.to_lowercase());
        }
        if let Some(offsets) = &step.offsets {
            let own: Vec<_> = got.offsets.iter().map(|(f, pc)| (f.0, *pc)).collect();
            same &= own == *offsets;
        }
        if step.at.is_some() || step.offsets.is_some() {
            self.places += 1;
            self.places_same += usize::from(same);
            let expected = (&step.at, &step.offsets);
            ensure!(same || !strict, "expected {expected:?}, got {}", show(got));
        }
        Ok(())
    }
}

fn show(details: &Details) -> String {
    let mut text = details.status.name().to_owned();
    if let Some(sub) = details.sub_status {
        text += &format!(" {sub}");
    }
    text += &format!(" in {} {:?}", details.location, details.offsets);
    if let Some(message) = &details.message {
        text += &format!(": {message}");
    }
    text
}

/// The ways in which a place may be written.
fn place(location: &Location) -> Vec<String> {
    match location {
        Location::Undefined => vec!["undefined".into(), String::new()],
        Location::Script => vec!["script".into()],
        Location::Module(id) => vec![
            format!("{}::{}", id.address.to_hex(), id.name).to_lowercase(),
            format!("0x{}::{}", id.address.to_hex(), id.name).to_lowercase(),
            format!("{id}").to_lowercase(),
        ],
    }
}

fn types(step: &Step) -> Result<Vec<TypeTag>> {
    Ok(step
        .ty_args
        .iter()
        .map(|text| text.parse())
        .collect::<Result<_, _>>()?)
}

fn arguments(step: &Step) -> Result<Vec<Vec<u8>>> {
    let mut arguments = Vec::new();
    for signer in &step.signers {
        let address: Address = signer.parse()?;
        arguments.push(address.0.to_vec());
    }
    for argument in &step.args {
        arguments.push(hex(argument)?);
    }
    Ok(arguments)
}

fn values(step: &Step, got: &Returned) -> Result<()> {
    if let Some(expected) = &step.ret {
        let own: Vec<_> = got.values.iter().map(|v| to_hex(v)).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|v| v.trim_start_matches("0x"))
            .collect();
        ensure!(
            own == expected,
            "expected results {expected:?}, got {own:?}"
        );
    }
    if let Some(expected) = &step.mutated {
        let own: Vec<_> = got.mutated.iter().map(|(n, v)| (*n, to_hex(v))).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(n, v)| (*n, v.trim_start_matches("0x").to_owned()))
            .collect();
        ensure!(
            own == expected,
            "expected mutated arguments {expected:?}, got {own:?}"
        );
    }
    Ok(())
}
