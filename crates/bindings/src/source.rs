//! What a Move binary does not say, but its source does: names of parameters and doc comments.

use lumio_move_compiler::{Diagnostics, Sources, ast, parse_file};
use std::{collections::BTreeMap, path::PathBuf};

/// Of a module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleSource {
    /// Its doc comment.
    pub doc: String,
    /// Functions by name.
    pub functions: BTreeMap<String, FunctionSource>,
    /// Doc comments of structs by name.
    pub structs: BTreeMap<String, String>,
}

/// Of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionSource {
    /// Its doc comment.
    pub doc: String,
    /// Names of its type parameters.
    pub type_parameters: Vec<String>,
    /// Names of its parameters.
    pub parameters: Vec<String>,
}

/// What a text says of the modules in it, by their names. What cannot be parsed is left out.
pub fn sources_of(text: &str) -> BTreeMap<String, ModuleSource> {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let id = sources.add(PathBuf::new(), text.to_owned());
    let file = parse_file(&sources, id, &mut diagnostics);
    let modules = file.modules.iter();
    modules
        .map(|module| (module.name.name.to_string(), of_module(module)))
        .collect()
}

fn of_module(module: &ast::Module) -> ModuleSource {
    let mut source = ModuleSource {
        doc: module.preface.doc.clone(),
        ..ModuleSource::default()
    };
    for item in &module.items {
        match item {
            ast::Item::Function(function) => {
                let type_parameters = function.type_parameters.iter();
                let parameters = function.parameters.iter();
                source.functions.insert(
                    function.name.name.to_string(),
                    FunctionSource {
                        doc: function.preface.doc.clone(),
                        type_parameters: type_parameters.map(|t| t.name.name.to_string()).collect(),
                        parameters: parameters.map(|(name, _)| name.name.to_string()).collect(),
                    },
                );
            }
            ast::Item::Struct(structure) => {
                let doc = structure.preface.doc.clone();
                source.structs.insert(structure.name.name.to_string(), doc);
            }
            ast::Item::Use(_) | ast::Item::Friend(_) | ast::Item::Const(_) => {}
        }
    }
    source
}
