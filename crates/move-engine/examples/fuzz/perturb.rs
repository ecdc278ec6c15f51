//! Changes of a module that bytes seldom hit upon: other instructions, types, abilities, indices.

use lumio_move_engine::format::{
    AbilitySet, Bytecode, CompiledModule, SignatureIndex, SignatureToken, StructFields, Visibility,
};

use crate::rng::Rng;

/// Makes one to four random changes. The result may be anything, but most of its indices fit.
pub(crate) fn perturb(module: &mut CompiledModule, rng: &mut Rng) {
    for _ in 0..rng.below(4).saturating_add(1) {
        match rng.below(8) {
            0..=3 => instructions(module, rng),
            4 => signatures(module, rng),
            5 => structs(module, rng),
            6 => functions(module, rng),
            _ => instantiations(module, rng),
        }
    }
}

fn pick<'a, T>(items: &'a mut [T], rng: &mut Rng) -> Option<&'a mut T> {
    if items.is_empty() {
        return None;
    }
    let at = rng.below(items.len());
    items.get_mut(at)
}

fn instructions(module: &mut CompiledModule, rng: &mut Rng) {
    let bodies = module.function_defs.iter().filter_map(|d| d.code.as_ref());
    let mut known: Vec<Bytecode> = bodies.flat_map(|unit| unit.code.clone()).collect();
    known.extend([
        Bytecode::Pop,
        Bytecode::Ret,
        Bytecode::ReadRef,
        Bytecode::WriteRef,
        Bytecode::FreezeRef,
        Bytecode::CopyLoc(rng.below(4) as u8),
        Bytecode::MoveLoc(rng.below(4) as u8),
        Bytecode::StLoc(rng.below(4) as u8),
        Bytecode::MutBorrowLoc(rng.below(4) as u8),
        Bytecode::ImmBorrowLoc(rng.below(4) as u8),
        Bytecode::Branch(rng.below(16) as u16),
        Bytecode::BrTrue(rng.below(16) as u16),
    ]);
    let other = pick(&mut known, rng).map(|i| i.clone());
    let Some(unit) = pick(&mut module.function_defs, rng).and_then(|d| d.code.as_mut()) else {
        return;
    };
    let at = rng.below(unit.code.len().saturating_add(1));
    match (rng.below(4), other) {
        (0, Some(other)) => unit.code.insert(at, other),
        (1, Some(other)) => {
            if let Some(instruction) = unit.code.get_mut(at) {
                *instruction = other;
            }
        }
        (2, _) if at < unit.code.len() => {
            unit.code.remove(at);
        }
        _ if !unit.code.is_empty() => {
            let (a, b) = (rng.below(unit.code.len()), rng.below(unit.code.len()));
            unit.code.swap(a, b);
        }
        _ => {}
    }
}

fn token(module: &CompiledModule, rng: &mut Rng) -> SignatureToken {
    let mut known: Vec<SignatureToken> = module.signatures.iter().flatten().cloned().collect();
    known.extend([SignatureToken::U8, SignatureToken::Signer]);
    known.push(SignatureToken::TypeParameter(rng.below(3) as u16));
    let token = pick(&mut known, rng).cloned();
    let token = Box::new(token.unwrap_or(SignatureToken::Bool));
    match rng.below(6) {
        0 => SignatureToken::Vector(token),
        1 => SignatureToken::Reference(token),
        2 => SignatureToken::MutableReference(token),
        _ => *token,
    }
}

fn signatures(module: &mut CompiledModule, rng: &mut Rng) {
    let new = token(module, rng);
    let Some(signature) = pick(&mut module.signatures, rng) else {
        return;
    };
    match rng.below(3) {
        0 => signature.push(new),
        1 => {
            signature.pop();
        }
        _ => {
            if let Some(old) = pick(signature, rng) {
                *old = new;
            }
        }
    }
}

fn abilities(rng: &mut Rng) -> AbilitySet {
    AbilitySet::from_bits(rng.below(16) as u8).unwrap_or_default()
}

fn structs(module: &mut CompiledModule, rng: &mut Rng) {
    let new = token(module, rng);
    if rng.below(2) == 0 {
        let Some(handle) = pick(&mut module.struct_handles, rng) else {
            return;
        };
        match pick(&mut handle.type_parameters, rng) {
            Some(parameter) if rng.below(2) == 0 => parameter.constraints = abilities(rng),
            Some(parameter) if rng.below(2) == 0 => parameter.phantom = !parameter.phantom,
            _ => handle.abilities = abilities(rng),
        }
        return;
    }
    let Some(def) = pick(&mut module.struct_defs, rng) else {
        return;
    };
    let fields = match &mut def.fields {
        StructFields::Native => None,
        StructFields::Declared(fields) => Some(fields),
        StructFields::Variants(variants) => pick(variants, rng).map(|v| &mut v.fields),
    };
    if let Some(field) = fields.and_then(|fields| pick(fields, rng)) {
        field.token = new;
    }
}

fn signature(module: &CompiledModule, rng: &mut Rng) -> SignatureIndex {
    SignatureIndex(rng.below(module.signatures.len().max(1)) as u16)
}

fn functions(module: &mut CompiledModule, rng: &mut Rng) {
    let new = signature(module, rng);
    let structs = module.struct_defs.len();
    match rng.below(5) {
        0 => {
            if let Some(handle) = pick(&mut module.function_handles, rng) {
                handle.parameters = new;
            }
        }
        1 => {
            if let Some(handle) = pick(&mut module.function_handles, rng) {
                handle.returns = new;
            }
        }
        2 => {
            let handle = pick(&mut module.function_handles, rng);
            if let Some(constraints) = handle.and_then(|h| pick(&mut h.type_parameters, rng)) {
                *constraints = abilities(rng);
            }
        }
        3 => {
            let def = pick(&mut module.function_defs, rng);
            if let Some(unit) = def.and_then(|def| def.code.as_mut()) {
                unit.locals = new;
            }
        }
        _ => {
            if let Some(def) = pick(&mut module.function_defs, rng) {
                def.visibility = Visibility::Public;
                if structs > 0 {
                    let acquired = rng.below(structs) as u16;
                    def.acquires
                        .push(lumio_move_engine::format::StructDefIndex(acquired));
                }
            }
        }
    }
}

fn instantiations(module: &mut CompiledModule, rng: &mut Rng) {
    let new = signature(module, rng);
    let m = &mut module.tables;
    match rng.below(5) {
        0 => {
            if let Some(inst) = pick(&mut m.function_insts, rng) {
                inst.type_arguments = new;
            }
        }
        1 => {
            if let Some(inst) = pick(&mut m.struct_insts, rng) {
                inst.type_arguments = new;
            }
        }
        2 => {
            if let Some(inst) = pick(&mut m.field_insts, rng) {
                inst.type_arguments = new;
            }
        }
        3 => {
            if let Some(inst) = pick(&mut m.variant_field_insts, rng) {
                inst.type_arguments = new;
            }
        }
        _ => {
            if let Some(inst) = pick(&mut m.struct_variant_insts, rng) {
                inst.type_arguments = new;
            }
        }
    }
}
