//! Status codes: what can go wrong, in the numbers and names that Move tools know.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use crate::{
    ModuleId,
    format::{FunctionDefIndex, TableKind},
};

macro_rules! codes {
    ($($name:ident = $number:literal, $text:literal;)*) => {
        /// What went wrong. Below 1000: a transaction is refused; 1xxx: code is refused; 2xxx: a
        /// bug or a storage failure; 3xxx: bytes are refused; 4xxx: an execution failed. The names
        /// and numbers are those of Move on Aptos.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u64)]
        #[allow(missing_docs, reason = "the names are the documentation")]
        pub enum StatusCode {
            $($name = $number,)*
        }

        impl StatusCode {
            /// All of them, by number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name that clients see, for example `ARITHMETIC_ERROR`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The number.
            pub fn number(self) -> u64 {
                self as u64
            }
        }
    };
}

codes! {
    UnknownValidationStatus = 0, "UNKNOWN_VALIDATION_STATUS";
    InvalidSignature = 1, "INVALID_SIGNATURE";
    InvalidAuthKey = 2, "INVALID_AUTH_KEY";
    SequenceNumberTooOld = 3, "SEQUENCE_NUMBER_TOO_OLD";
    SequenceNumberTooNew = 4, "SEQUENCE_NUMBER_TOO_NEW";
    InsufficientBalanceForTransactionFee = 5, "INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE";
    TransactionExpired = 6, "TRANSACTION_EXPIRED";
    SendingAccountDoesNotExist = 7, "SENDING_ACCOUNT_DOES_NOT_EXIST";
    RejectedWriteSet = 8, "REJECTED_WRITE_SET";
    InvalidWriteSet = 9, "INVALID_WRITE_SET";
    ExceededMaxTransactionSize = 10, "EXCEEDED_MAX_TRANSACTION_SIZE";
    UnknownScript = 11, "UNKNOWN_SCRIPT";
    UnknownModule = 12, "UNKNOWN_MODULE";
    MaxGasUnitsExceedsMaxGasUnitsBound = 13, "MAX_GAS_UNITS_EXCEEDS_MAX_GAS_UNITS_BOUND";
    MaxGasUnitsBelowMinTransactionGasUnits = 14, "MAX_GAS_UNITS_BELOW_MIN_TRANSACTION_GAS_UNITS";
    GasUnitPriceBelowMinBound = 15, "GAS_UNIT_PRICE_BELOW_MIN_BOUND";
    GasUnitPriceAboveMaxBound = 16, "GAS_UNIT_PRICE_ABOVE_MAX_BOUND";
    InvalidGasSpecifier = 17, "INVALID_GAS_SPECIFIER";
    SendingAccountFrozen = 18, "SENDING_ACCOUNT_FROZEN";
    UnableToDeserializeAccount = 19, "UNABLE_TO_DESERIALIZE_ACCOUNT";
    CurrencyInfoDoesNotExist = 20, "CURRENCY_INFO_DOES_NOT_EXIST";
    InvalidModulePublisher = 21, "INVALID_MODULE_PUBLISHER";
    NoAccountRole = 22, "NO_ACCOUNT_ROLE";
    BadChainId = 23, "BAD_CHAIN_ID";
    SequenceNumberTooBig = 24, "SEQUENCE_NUMBER_TOO_BIG";
    BadTransactionFeeCurrency = 25, "BAD_TRANSACTION_FEE_CURRENCY";
    FeatureUnderGating = 26, "FEATURE_UNDER_GATING";
    SecondaryKeysAddressesCountMismatch = 27, "SECONDARY_KEYS_ADDRESSES_COUNT_MISMATCH";
    SignersContainDuplicates = 28, "SIGNERS_CONTAIN_DUPLICATES";
    SequenceNonceInvalid = 29, "SEQUENCE_NONCE_INVALID";
    ChainAccountInfoDoesNotExist = 30, "CHAIN_ACCOUNT_INFO_DOES_NOT_EXIST";
    UnknownVerificationError = 1000, "UNKNOWN_VERIFICATION_ERROR";
    IndexOutOfBounds = 1001, "INDEX_OUT_OF_BOUNDS";
    InvalidSignatureToken = 1003, "INVALID_SIGNATURE_TOKEN";
    RecursiveStructDefinition = 1005, "RECURSIVE_STRUCT_DEFINITION";
    FieldMissingTypeAbility = 1006, "FIELD_MISSING_TYPE_ABILITY";
    InvalidFallThrough = 1007, "INVALID_FALL_THROUGH";
    NegativeStackSizeWithinBlock = 1009, "NEGATIVE_STACK_SIZE_WITHIN_BLOCK";
    InvalidMainFunctionSignature = 1011, "INVALID_MAIN_FUNCTION_SIGNATURE";
    DuplicateElement = 1012, "DUPLICATE_ELEMENT";
    InvalidModuleHandle = 1013, "INVALID_MODULE_HANDLE";
    UnimplementedHandle = 1014, "UNIMPLEMENTED_HANDLE";
    LookupFailed = 1017, "LOOKUP_FAILED";
    TypeMismatch = 1020, "TYPE_MISMATCH";
    MissingDependency = 1021, "MISSING_DEPENDENCY";
    PopWithoutDropAbility = 1023, "POP_WITHOUT_DROP_ABILITY";
    BrTypeMismatchError = 1025, "BR_TYPE_MISMATCH_ERROR";
    AbortTypeMismatchError = 1026, "ABORT_TYPE_MISMATCH_ERROR";
    StlocTypeMismatchError = 1027, "STLOC_TYPE_MISMATCH_ERROR";
    StlocUnsafeToDestroyError = 1028, "STLOC_UNSAFE_TO_DESTROY_ERROR";
    UnsafeRetLocalOrResourceStillBorrowed = 1029, "UNSAFE_RET_LOCAL_OR_RESOURCE_STILL_BORROWED";
    RetTypeMismatchError = 1030, "RET_TYPE_MISMATCH_ERROR";
    RetBorrowedMutableReferenceError = 1031, "RET_BORROWED_MUTABLE_REFERENCE_ERROR";
    FreezerefTypeMismatchError = 1032, "FREEZEREF_TYPE_MISMATCH_ERROR";
    FreezerefExistsMutableBorrowError = 1033, "FREEZEREF_EXISTS_MUTABLE_BORROW_ERROR";
    BorrowfieldTypeMismatchError = 1034, "BORROWFIELD_TYPE_MISMATCH_ERROR";
    BorrowfieldBadFieldError = 1035, "BORROWFIELD_BAD_FIELD_ERROR";
    BorrowfieldExistsMutableBorrowError = 1036, "BORROWFIELD_EXISTS_MUTABLE_BORROW_ERROR";
    CopylocUnavailableError = 1037, "COPYLOC_UNAVAILABLE_ERROR";
    CopylocWithoutCopyAbility = 1038, "COPYLOC_WITHOUT_COPY_ABILITY";
    CopylocExistsBorrowError = 1039, "COPYLOC_EXISTS_BORROW_ERROR";
    MovelocUnavailableError = 1040, "MOVELOC_UNAVAILABLE_ERROR";
    MovelocExistsBorrowError = 1041, "MOVELOC_EXISTS_BORROW_ERROR";
    BorrowlocReferenceError = 1042, "BORROWLOC_REFERENCE_ERROR";
    BorrowlocUnavailableError = 1043, "BORROWLOC_UNAVAILABLE_ERROR";
    BorrowlocExistsBorrowError = 1044, "BORROWLOC_EXISTS_BORROW_ERROR";
    CallTypeMismatchError = 1045, "CALL_TYPE_MISMATCH_ERROR";
    CallBorrowedMutableReferenceError = 1046, "CALL_BORROWED_MUTABLE_REFERENCE_ERROR";
    PackTypeMismatchError = 1047, "PACK_TYPE_MISMATCH_ERROR";
    UnpackTypeMismatchError = 1048, "UNPACK_TYPE_MISMATCH_ERROR";
    ReadrefTypeMismatchError = 1049, "READREF_TYPE_MISMATCH_ERROR";
    ReadrefWithoutCopyAbility = 1050, "READREF_WITHOUT_COPY_ABILITY";
    ReadrefExistsMutableBorrowError = 1051, "READREF_EXISTS_MUTABLE_BORROW_ERROR";
    WriterefTypeMismatchError = 1052, "WRITEREF_TYPE_MISMATCH_ERROR";
    WriterefWithoutDropAbility = 1053, "WRITEREF_WITHOUT_DROP_ABILITY";
    WriterefExistsBorrowError = 1054, "WRITEREF_EXISTS_BORROW_ERROR";
    WriterefNoMutableReferenceError = 1055, "WRITEREF_NO_MUTABLE_REFERENCE_ERROR";
    IntegerOpTypeMismatchError = 1056, "INTEGER_OP_TYPE_MISMATCH_ERROR";
    BooleanOpTypeMismatchError = 1057, "BOOLEAN_OP_TYPE_MISMATCH_ERROR";
    EqualityOpTypeMismatchError = 1058, "EQUALITY_OP_TYPE_MISMATCH_ERROR";
    ExistsWithoutKeyAbilityOrBadArgument = 1059, "EXISTS_WITHOUT_KEY_ABILITY_OR_BAD_ARGUMENT";
    BorrowglobalTypeMismatchError = 1060, "BORROWGLOBAL_TYPE_MISMATCH_ERROR";
    BorrowglobalWithoutKeyAbility = 1061, "BORROWGLOBAL_WITHOUT_KEY_ABILITY";
    MovefromTypeMismatchError = 1062, "MOVEFROM_TYPE_MISMATCH_ERROR";
    MovefromWithoutKeyAbility = 1063, "MOVEFROM_WITHOUT_KEY_ABILITY";
    MovetoTypeMismatchError = 1064, "MOVETO_TYPE_MISMATCH_ERROR";
    MovetoWithoutKeyAbility = 1065, "MOVETO_WITHOUT_KEY_ABILITY";
    ModuleAddressDoesNotMatchSender = 1067, "MODULE_ADDRESS_DOES_NOT_MATCH_SENDER";
    NoModuleHandles = 1068, "NO_MODULE_HANDLES";
    PositiveStackSizeAtBlockEnd = 1069, "POSITIVE_STACK_SIZE_AT_BLOCK_END";
    MissingAcquiresAnnotation = 1070, "MISSING_ACQUIRES_ANNOTATION";
    ExtraneousAcquiresAnnotation = 1071, "EXTRANEOUS_ACQUIRES_ANNOTATION";
    DuplicateAcquiresAnnotation = 1072, "DUPLICATE_ACQUIRES_ANNOTATION";
    InvalidAcquiresAnnotation = 1073, "INVALID_ACQUIRES_ANNOTATION";
    GlobalReferenceError = 1074, "GLOBAL_REFERENCE_ERROR";
    ConstraintNotSatisfied = 1075, "CONSTRAINT_NOT_SATISFIED";
    NumberOfTypeArgumentsMismatch = 1076, "NUMBER_OF_TYPE_ARGUMENTS_MISMATCH";
    LoopInInstantiationGraph = 1077, "LOOP_IN_INSTANTIATION_GRAPH";
    ZeroSizedStruct = 1080, "ZERO_SIZED_STRUCT";
    LinkerError = 1081, "LINKER_ERROR";
    InvalidConstantType = 1082, "INVALID_CONSTANT_TYPE";
    MalformedConstantData = 1083, "MALFORMED_CONSTANT_DATA";
    EmptyCodeUnit = 1084, "EMPTY_CODE_UNIT";
    InvalidLoopSplit = 1085, "INVALID_LOOP_SPLIT";
    InvalidLoopBreak = 1086, "INVALID_LOOP_BREAK";
    InvalidLoopContinue = 1087, "INVALID_LOOP_CONTINUE";
    UnsafeRetUnusedValuesWithoutDrop = 1088, "UNSAFE_RET_UNUSED_VALUES_WITHOUT_DROP";
    TooManyLocals = 1089, "TOO_MANY_LOCALS";
    GenericMemberOpcodeMismatch = 1090, "GENERIC_MEMBER_OPCODE_MISMATCH";
    FunctionResolutionFailure = 1091, "FUNCTION_RESOLUTION_FAILURE";
    InvalidOperationInScript = 1094, "INVALID_OPERATION_IN_SCRIPT";
    DuplicateModuleName = 1095, "DUPLICATE_MODULE_NAME";
    BackwardIncompatibleModuleUpdate = 1096, "BACKWARD_INCOMPATIBLE_MODULE_UPDATE";
    CyclicModuleDependency = 1097, "CYCLIC_MODULE_DEPENDENCY";
    NumberOfArgumentsMismatch = 1098, "NUMBER_OF_ARGUMENTS_MISMATCH";
    InvalidParamTypeForDeserialization = 1099, "INVALID_PARAM_TYPE_FOR_DESERIALIZATION";
    FailedToDeserializeArgument = 1100, "FAILED_TO_DESERIALIZE_ARGUMENT";
    NumberOfSignerArgumentsMismatch = 1101, "NUMBER_OF_SIGNER_ARGUMENTS_MISMATCH";
    CalledScriptVisibleFromNonScriptVisible = 1102, "CALLED_SCRIPT_VISIBLE_FROM_NON_SCRIPT_VISIBLE";
    ExecuteEntryFunctionCalledOnNonEntryFunction = 1103, "EXECUTE_ENTRY_FUNCTION_CALLED_ON_NON_ENTRY_FUNCTION";
    InvalidFriendDeclWithSelf = 1104, "INVALID_FRIEND_DECL_WITH_SELF";
    InvalidFriendDeclWithModulesOutsideAccountAddress = 1105, "INVALID_FRIEND_DECL_WITH_MODULES_OUTSIDE_ACCOUNT_ADDRESS";
    InvalidFriendDeclWithModulesInDependencies = 1106, "INVALID_FRIEND_DECL_WITH_MODULES_IN_DEPENDENCIES";
    CyclicModuleFriendship = 1107, "CYCLIC_MODULE_FRIENDSHIP";
    InvalidPhantomTypeParamPosition = 1108, "INVALID_PHANTOM_TYPE_PARAM_POSITION";
    VecUpdateExistsMutableBorrowError = 1109, "VEC_UPDATE_EXISTS_MUTABLE_BORROW_ERROR";
    VecBorrowElementExistsMutableBorrowError = 1110, "VEC_BORROW_ELEMENT_EXISTS_MUTABLE_BORROW_ERROR";
    LoopMaxDepthReached = 1111, "LOOP_MAX_DEPTH_REACHED";
    TooManyTypeParameters = 1112, "TOO_MANY_TYPE_PARAMETERS";
    TooManyParameters = 1113, "TOO_MANY_PARAMETERS";
    TooManyBasicBlocks = 1114, "TOO_MANY_BASIC_BLOCKS";
    ValueStackOverflow = 1115, "VALUE_STACK_OVERFLOW";
    TooManyTypeNodes = 1116, "TOO_MANY_TYPE_NODES";
    ValueStackPushOverflow = 1117, "VALUE_STACK_PUSH_OVERFLOW";
    MaxDependencyDepthReached = 1118, "MAX_DEPENDENCY_DEPTH_REACHED";
    MaxFunctionDefinitionsReached = 1119, "MAX_FUNCTION_DEFINITIONS_REACHED";
    MaxStructDefinitionsReached = 1120, "MAX_STRUCT_DEFINITIONS_REACHED";
    MaxFieldDefinitionsReached = 1121, "MAX_FIELD_DEFINITIONS_REACHED";
    TooManyBackEdges = 1122, "TOO_MANY_BACK_EDGES";
    EventMetadataValidationError = 1123, "EVENT_METADATA_VALIDATION_ERROR";
    DependencyLimitReached = 1124, "DEPENDENCY_LIMIT_REACHED";
    UnstableBytecodeRejected = 1125, "UNSTABLE_BYTECODE_REJECTED";
    ProgramTooComplex = 1126, "PROGRAM_TOO_COMPLEX";
    MaxStructVariantsReached = 1127, "MAX_STRUCT_VARIANTS_REACHED";
    ZeroVariantsError = 1128, "ZERO_VARIANTS_ERROR";
    TestVariantTypeMismatchError = 1129, "TEST_VARIANT_TYPE_MISMATCH_ERROR";
    FeatureNotEnabled = 1130, "FEATURE_NOT_ENABLED";
    ClosureTypeMismatchError = 1131, "CLOSURE_TYPE_MISMATCH_ERROR";
    UnknownInvariantViolationError = 2000, "UNKNOWN_INVARIANT_VIOLATION_ERROR";
    EmptyValueStack = 2003, "EMPTY_VALUE_STACK";
    PcOverflow = 2005, "PC_OVERFLOW";
    VerificationError = 2006, "VERIFICATION_ERROR";
    StorageError = 2008, "STORAGE_ERROR";
    InternalTypeError = 2009, "INTERNAL_TYPE_ERROR";
    EventKeyMismatch = 2010, "EVENT_KEY_MISMATCH";
    Unreachable = 2011, "UNREACHABLE";
    VmStartupFailure = 2012, "VM_STARTUP_FAILURE";
    UnexpectedErrorFromKnownMoveFunction = 2015, "UNEXPECTED_ERROR_FROM_KNOWN_MOVE_FUNCTION";
    VerifierInvariantViolation = 2016, "VERIFIER_INVARIANT_VIOLATION";
    UnexpectedVerifierError = 2017, "UNEXPECTED_VERIFIER_ERROR";
    UnexpectedDeserializationError = 2018, "UNEXPECTED_DESERIALIZATION_ERROR";
    FailedToSerializeWriteSetChanges = 2019, "FAILED_TO_SERIALIZE_WRITE_SET_CHANGES";
    FailedToDeserializeResource = 2020, "FAILED_TO_DESERIALIZE_RESOURCE";
    TypeResolutionFailure = 2021, "TYPE_RESOLUTION_FAILURE";
    DuplicateNativeFunction = 2022, "DUPLICATE_NATIVE_FUNCTION";
    UnknownBinaryError = 3000, "UNKNOWN_BINARY_ERROR";
    Malformed = 3001, "MALFORMED";
    BadMagic = 3002, "BAD_MAGIC";
    UnknownVersion = 3003, "UNKNOWN_VERSION";
    UnknownTableType = 3004, "UNKNOWN_TABLE_TYPE";
    UnknownSignatureType = 3005, "UNKNOWN_SIGNATURE_TYPE";
    UnknownSerializedType = 3006, "UNKNOWN_SERIALIZED_TYPE";
    UnknownOpcode = 3007, "UNKNOWN_OPCODE";
    BadHeaderTable = 3008, "BAD_HEADER_TABLE";
    UnexpectedSignatureType = 3009, "UNEXPECTED_SIGNATURE_TYPE";
    DuplicateTable = 3010, "DUPLICATE_TABLE";
    UnknownAbility = 3013, "UNKNOWN_ABILITY";
    UnknownNativeStructFlag = 3014, "UNKNOWN_NATIVE_STRUCT_FLAG";
    BadU16 = 3017, "BAD_U16";
    BadU32 = 3018, "BAD_U32";
    BadU64 = 3019, "BAD_U64";
    BadU128 = 3020, "BAD_U128";
    BadU256 = 3021, "BAD_U256";
    ValueSerializationError = 3022, "VALUE_SERIALIZATION_ERROR";
    ValueDeserializationError = 3023, "VALUE_DESERIALIZATION_ERROR";
    CodeDeserializationError = 3024, "CODE_DESERIALIZATION_ERROR";
    InvalidFlagBits = 3025, "INVALID_FLAG_BITS";
    TrailingBytes = 3026, "TRAILING_BYTES";
    UnknownRuntimeStatus = 4000, "UNKNOWN_RUNTIME_STATUS";
    Executed = 4001, "EXECUTED";
    OutOfGas = 4002, "OUT_OF_GAS";
    ResourceDoesNotExist = 4003, "RESOURCE_DOES_NOT_EXIST";
    ResourceAlreadyExists = 4004, "RESOURCE_ALREADY_EXISTS";
    MissingData = 4008, "MISSING_DATA";
    DataFormatError = 4009, "DATA_FORMAT_ERROR";
    Aborted = 4016, "ABORTED";
    ArithmeticError = 4017, "ARITHMETIC_ERROR";
    VectorOperationError = 4018, "VECTOR_OPERATION_ERROR";
    ExecutionStackOverflow = 4020, "EXECUTION_STACK_OVERFLOW";
    CallStackOverflow = 4021, "CALL_STACK_OVERFLOW";
    VmMaxTypeDepthReached = 4024, "VM_MAX_TYPE_DEPTH_REACHED";
    VmMaxValueDepthReached = 4025, "VM_MAX_VALUE_DEPTH_REACHED";
    VmExtensionError = 4026, "VM_EXTENSION_ERROR";
    StorageWriteLimitReached = 4027, "STORAGE_WRITE_LIMIT_REACHED";
    MemoryLimitExceeded = 4028, "MEMORY_LIMIT_EXCEEDED";
    VmMaxTypeNodesReached = 4029, "VM_MAX_TYPE_NODES_REACHED";
    ExecutionLimitReached = 4030, "EXECUTION_LIMIT_REACHED";
    IoLimitReached = 4031, "IO_LIMIT_REACHED";
    StorageLimitReached = 4032, "STORAGE_LIMIT_REACHED";
    TypeTagLimitExceeded = 4033, "TYPE_TAG_LIMIT_EXCEEDED";
    AccessDenied = 4034, "ACCESS_DENIED";
    AccessStackLimitExceeded = 4035, "ACCESS_STACK_LIMIT_EXCEEDED";
    TooManyDelayedFields = 4036, "TOO_MANY_DELAYED_FIELDS";
    RuntimeDispatchError = 4037, "RUNTIME_DISPATCH_ERROR";
    StructVariantMismatch = 4038, "STRUCT_VARIANT_MISMATCH";
    UnimplementedFunctionality = 4039, "UNIMPLEMENTED_FUNCTIONALITY";
    RuntimeCyclicModuleDependency = 4040, "RUNTIME_CYCLIC_MODULE_DEPENDENCY";
    UnableToCaptureDelayedFields = 4041, "UNABLE_TO_CAPTURE_DELAYED_FIELDS";
    InvalidAbortMessage = 4042, "INVALID_ABORT_MESSAGE";
    AbortMessageLimitExceeded = 4043, "ABORT_MESSAGE_LIMIT_EXCEEDED";
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The sub-status of [`StatusCode::VectorOperationError`].
pub mod vector_error {
    /// An index beyond the end.
    pub const INDEX_OUT_OF_BOUNDS: u64 = 1;
    /// Nothing to pop.
    pub const POP_EMPTY: u64 = 2;
    /// Unpacking found another number of elements.
    pub const UNPACK_PARITY: u64 = 3;
}

/// Whose code it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Location {
    /// Nobody's in particular.
    #[default]
    Undefined,
    /// The script's.
    Script,
    /// A module's.
    Module(ModuleId),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined => f.write_str("undefined"),
            Self::Script => f.write_str("script"),
            Self::Module(id) => id.fmt(f),
        }
    }
}

/// An error with all that is known of it. One pointer wide.
#[derive(Clone, PartialEq, Eq)]
pub struct VmError(Box<Details>);

/// What a [`VmError`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// What went wrong.
    pub status: StatusCode,
    /// The abort code, or which vector operation.
    pub sub_status: Option<u64>,
    /// For people; not part of consensus, except an `AbortMsg`'s.
    pub message: Option<String>,
    /// Whose code it was.
    pub location: Location,
    /// The function and the instruction in it, innermost first.
    pub offsets: Vec<(FunctionDefIndex, u16)>,
    /// The tables and positions that it is about.
    pub indices: Vec<(TableKind, u16)>,
}

/// What fallible functions of this crate return.
pub type VmResult<T> = Result<T, VmError>;

impl VmError {
    /// An error of which only the status is known yet.
    #[cold]
    pub fn new(status: StatusCode) -> Self {
        Self(Box::new(Details {
            status,
            sub_status: None,
            message: None,
            location: Location::Undefined,
            offsets: Vec::new(),
            indices: Vec::new(),
        }))
    }

    /// An abort with a code.
    #[cold]
    pub fn abort(code: u64) -> Self {
        Self::new(StatusCode::Aborted).with_sub_status(code)
    }

    /// What went wrong.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The abort code, or which vector operation.
    pub fn sub_status(&self) -> Option<u64> {
        self.0.sub_status
    }

    /// All that is known.
    pub fn details(&self) -> &Details {
        &self.0
    }

    /// Adds the abort code, or which vector operation.
    #[must_use]
    pub fn with_sub_status(mut self, sub_status: u64) -> Self {
        self.0.sub_status = Some(sub_status);
        self
    }

    /// Adds words for people.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    /// Adds a function and an instruction in it, unless one is known already.
    #[must_use]
    pub fn at_code(mut self, function: FunctionDefIndex, offset: u16) -> Self {
        if self.0.offsets.is_empty() {
            self.0.offsets.push((function, offset));
        }
        self
    }

    /// Adds a table and a position in it.
    #[must_use]
    pub fn at_index(mut self, kind: TableKind, index: u16) -> Self {
        self.0.indices.push((kind, index));
        self
    }

    /// Says whose code it was, unless that is known already.
    #[must_use]
    pub fn in_location(mut self, location: Location) -> Self {
        if self.0.location == Location::Undefined {
            self.0.location = location;
        }
        self
    }
}

impl From<StatusCode> for VmError {
    fn from(status: StatusCode) -> Self {
        Self::new(status)
    }
}

impl fmt::Debug for VmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for VmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.status.name())?;
        if let Some(sub) = self.0.sub_status {
            write!(f, " {sub}")?;
        }
        if self.0.location != Location::Undefined {
            write!(f, " in {}", self.0.location)?;
        }
        for (function, offset) in &self.0.offsets {
            write!(f, " at function {} instruction {offset}", function.0)?;
        }
        for (kind, index) in &self.0.indices {
            write!(f, " ({kind:?} {index})")?;
        }
        if let Some(message) = &self.0.message {
            write!(f, ": {message}")?;
        }
        Ok(())
    }
}

impl core::error::Error for VmError {}
