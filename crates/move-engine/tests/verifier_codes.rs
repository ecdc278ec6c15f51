//! Which test raises each status code of the verifier, and why the others are never raised.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "verify/refusal.rs"]
mod refusal;

use std::{collections::BTreeMap, fs, path::Path};

use lumio_move_engine::{
    StatusCode as S,
    format::SignatureToken,
    verify::{Config, verify_module},
};
use refusal::{accept, expect, module, refuse, refuse_changed};

/// File and test, and the codes that it has the verifier raise: first the checks of a whole module
/// or script and linking, then those of function bodies.
const RAISED: &str = "
verify_module indices_are_checked_first: IndexOutOfBounds NoModuleHandles
verify_module errors_say_whose_code_and_which_entry: InvalidSignatureToken ZeroSizedStruct
verify_module structs_do_not_contain_themselves: RecursiveStructDefinition
verify_types fields_have_what_their_struct_promises: FieldMissingTypeAbility
verify_module entries_of_each_table_are_distinct: DuplicateElement
verify_module what_is_the_modules_own_is_defined_by_it: InvalidModuleHandle UnimplementedHandle
verify_link structs_that_differ_are_refused: LookupFailed
verify_module struct_interfaces_do_what_they_say: TypeMismatch
verify_link named_modules_exist: MissingDependency
verify_module acquired_resources_are_named_once: DuplicateAcquiresAnnotation
verify_types type_arguments_satisfy_constraints: ConstraintNotSatisfied
verify_types type_arguments_have_the_right_number: NumberOfTypeArgumentsMismatch
verify_types instances_do_not_grow_without_end: LoopInInstantiationGraph
verify_link functions_that_differ_are_refused: LinkerError
verify_module constants_have_types_without_structs_signers_and_references: InvalidConstantType
verify_module constants_are_values_of_their_types: MalformedConstantData
verify_types generic_members_take_generic_instructions: GenericMemberOpcodeMismatch
verify_link dependencies_have_no_cycle: CyclicModuleDependency
verify_module friends_are_other_modules_of_the_account: InvalidFriendDeclWithSelf
    InvalidFriendDeclWithModulesOutsideAccountAddress
verify_link friends_are_no_dependencies: InvalidFriendDeclWithModulesInDependencies
verify_link friendship_has_no_cycle: CyclicModuleFriendship
verify_types phantom_parameters_occur_only_as_phantom_arguments: InvalidPhantomTypeParamPosition
verify_module type_parameters_are_limited: TooManyTypeParameters
verify_module parameters_are_limited: TooManyParameters
verify_module types_weigh_their_nodes_and_four_for_structs_and_type_parameters: TooManyTypeNodes
verify_module definitions_are_limited: MaxFunctionDefinitionsReached MaxStructDefinitionsReached
    MaxFieldDefinitionsReached MaxStructVariantsReached
verify_module structs_have_fields_and_enums_variants: ZeroVariantsError
verify_module features_need_their_version: FeatureNotEnabled
verify_types calls_of_closures_name_a_function_type: ClosureTypeMismatchError
verifier_conformance scripts_have_no_structs_of_their_own: InvalidOperationInScript
verifier_codes only_resources_are_acquired: InvalidAcquiresAnnotation
verifier_codes locals_are_counted: TooManyLocals
verifier_codes back_edges_can_be_limited: TooManyBackEdges
verifier_codes fields_of_no_variant_are_refused: BorrowfieldBadFieldError

verify_code code_must_not_be_empty_or_run_off_its_end: InvalidFallThrough EmptyCodeUnit
verify_code blocks_balance_the_stack: NegativeStackSizeWithinBlock PositiveStackSizeAtBlockEnd
    ValueStackOverflow ValueStackPushOverflow
verify_code locals_are_typed: PopWithoutDropAbility StlocTypeMismatchError RetTypeMismatchError
    CopylocWithoutCopyAbility BorrowlocReferenceError
verify_code booleans_branches_and_aborts: BrTypeMismatchError AbortTypeMismatchError
    BooleanOpTypeMismatchError
verify_code values_without_drop_are_not_lost: StlocUnsafeToDestroyError
    UnsafeRetUnusedValuesWithoutDrop
verify_reference_safety returned_references_borrow_from_arguments:
    UnsafeRetLocalOrResourceStillBorrowed
verify_reference_safety returned_mutable_references_are_exclusive:
    RetBorrowedMutableReferenceError
verify_code references_are_typed: FreezerefTypeMismatchError ReadrefTypeMismatchError
    ReadrefWithoutCopyAbility WriterefTypeMismatchError WriterefWithoutDropAbility
    WriterefNoMutableReferenceError
verify_reference_safety what_may_be_written_is_not_read: FreezerefExistsMutableBorrowError
    ReadrefExistsMutableBorrowError
verify_code fields_are_typed: BorrowfieldTypeMismatchError
verify_reference_safety fields_are_told_apart_and_the_whole_is_not:
    BorrowfieldExistsMutableBorrowError
verify_code locals_must_surely_hold_a_value: CopylocUnavailableError MovelocUnavailableError
    BorrowlocUnavailableError
verify_reference_safety locals_are_not_read_while_they_may_be_written: CopylocExistsBorrowError
    BorrowlocExistsBorrowError
verify_reference_safety borrowed_locals_stay: MovelocExistsBorrowError
verify_code calls_are_typed: CallTypeMismatchError
verify_reference_safety calls_get_exclusive_mutable_references: CallBorrowedMutableReferenceError
verify_code structs_and_variants_are_packed_and_unpacked: PackTypeMismatchError
    UnpackTypeMismatchError TestVariantTypeMismatchError
verify_reference_safety a_second_mutable_borrow_takes_over_the_first: WriterefExistsBorrowError
verify_code integers: IntegerOpTypeMismatchError
verify_code equality_needs_one_droppable_type: EqualityOpTypeMismatchError
verify_code resources_need_key_and_an_address: ExistsWithoutKeyAbilityOrBadArgument
    BorrowglobalTypeMismatchError BorrowglobalWithoutKeyAbility MovefromTypeMismatchError
    MovefromWithoutKeyAbility MovetoTypeMismatchError MovetoWithoutKeyAbility
verify_code acquired_resources_are_listed: MissingAcquiresAnnotation ExtraneousAcquiresAnnotation
verify_reference_safety resources_of_a_type_are_not_told_apart: GlobalReferenceError
verify_code a_loop_has_one_entry: InvalidLoopSplit
verify_code up_to_version_five_loops_are_ranges_of_the_code: InvalidLoopBreak InvalidLoopContinue
verify_reference_safety vectors_do_not_change_under_element_references:
    VecUpdateExistsMutableBorrowError VecBorrowElementExistsMutableBorrowError
verify_code loops_nest_up_to_five_deep: LoopMaxDepthReached
verify_code basic_blocks_are_counted: TooManyBasicBlocks
";

const NOT_RAISED: &[(S, &str)] = &[
    (
        S::ProgramTooComplex,
        "too much work is CONSTRAINT_NOT_SATISFIED, as chains have it",
    ),
    (
        S::UnknownVerificationError,
        "every refusal has a code of its own",
    ),
    (
        S::InvalidMainFunctionSignature,
        "a rule of versions before 5",
    ),
    (
        S::CalledScriptVisibleFromNonScriptVisible,
        "a visibility of versions before 5",
    ),
    (
        S::ModuleAddressDoesNotMatchSender,
        "raised where modules are published",
    ),
    (S::DuplicateModuleName, "raised where modules are published"),
    (
        S::BackwardIncompatibleModuleUpdate,
        "raised where modules are published",
    ),
    (
        S::MaxDependencyDepthReached,
        "loading does not recurse; its work is paid for in gas",
    ),
    (S::DependencyLimitReached, "loading is paid for in gas"),
    (
        S::FunctionResolutionFailure,
        "raised where functions are called",
    ),
    (
        S::NumberOfArgumentsMismatch,
        "raised where functions are called",
    ),
    (
        S::InvalidParamTypeForDeserialization,
        "raised where functions are called",
    ),
    (
        S::FailedToDeserializeArgument,
        "raised where functions are called",
    ),
    (
        S::NumberOfSignerArgumentsMismatch,
        "raised where functions are called",
    ),
    (
        S::ExecuteEntryFunctionCalledOnNonEntryFunction,
        "raised where functions are called",
    ),
    (
        S::EventMetadataValidationError,
        "a rule of the chain, not of the machine",
    ),
    (
        S::UnstableBytecodeRejected,
        "a rule of the chain, not of the machine",
    ),
];

/// The table as (code, file, test).
fn raised() -> Vec<(S, &'static str, &'static str)> {
    let mut rows = Vec::new();
    let mut place = ("", "");
    for word in RAISED.split_whitespace() {
        if let Some(test) = word.strip_suffix(':') {
            place.1 = test;
        } else if let Some(code) = S::ALL.iter().find(|code| format!("{code:?}") == word) {
            rows.push((*code, place.0, place.1));
        } else {
            place.0 = word;
        }
    }
    rows
}

#[test]
fn every_verification_code_is_raised_by_a_test_or_never() {
    let mut places: BTreeMap<S, usize> = BTreeMap::new();
    let raised = raised().into_iter().map(|(code, ..)| code);
    for code in raised.chain(NOT_RAISED.iter().map(|(code, _)| *code)) {
        *places.entry(code).or_default() += 1;
    }
    for code in S::ALL {
        let expected = usize::from((1000..2000).contains(&code.number()));
        let found = places.get(code).copied().unwrap_or_default();
        assert_eq!(found, expected, "{code}");
    }
}

/// The body of a test in a file of this folder.
fn body(file: &str, test: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/{file}.rs"));
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let (_, rest) = text
        .split_once(&format!("#[test]\nfn {test}() {{"))
        .unwrap_or_else(|| panic!("no test {test} in {file}"));
    rest.split("\n}\n").next().unwrap().to_owned()
}

#[test]
fn the_tests_that_raise_codes_exist_and_name_them() {
    for (code, file, test) in raised() {
        let name = format!("S::{code:?}");
        assert!(body(file, test).contains(&name), "{name} in {file}::{test}");
    }
}

#[test]
fn locals_are_counted() {
    let function = |count: usize| {
        let mut module = module("fun f() { ret }");
        module.signatures.push(vec![SignatureToken::U8; count]);
        let locals = module.signatures.len() as u16 - 1;
        module.function_defs[0].code.as_mut().unwrap().locals.0 = locals;
        verify_module(&Config::production(), &module)
    };
    assert_eq!(function(255), Ok(()));
    expect(S::TooManyLocals, function(256), "256 locals");
}

#[test]
fn back_edges_can_be_limited() {
    let text = "fun f() { a: branch a } fun g() { b: branch b }";
    let check = |per_function, per_module| {
        let config = Config {
            max_back_edges_per_function: Some(per_function),
            max_back_edges_per_module: Some(per_module),
            ..Config::production()
        };
        verify_module(&config, &module(text))
    };
    assert_eq!(check(1, 2), Ok(()));
    expect(S::TooManyBackEdges, check(0, 2), "function");
    expect(S::TooManyBackEdges, check(1, 1), "module");
}

#[test]
fn only_resources_are_acquired() {
    let text = |abilities: &str| {
        format!(
            "struct R {abilities} {{ x: u8 }}
             native fun g() acquires R; fun f() acquires R {{ call g ret }}"
        )
    };
    accept(&text("has key"));
    refuse(S::InvalidAcquiresAnnotation, &text(""));
}

#[test]
fn fields_of_no_variant_are_refused() {
    let text = "enum E { A { x: u8 } }
        fun f(e: &E): &u8 { move_loc e imm_borrow_variant_field E::A::x ret }";
    accept(text);
    refuse_changed(S::BorrowfieldBadFieldError, text, |m| {
        m.variant_field_handles[0].variants.clear();
    });
}
