//! What random transactions do: the steps, and how they are drawn.

use crate::SOL;
use proptest::{collection::vec, prelude::*, sample::Index};

/// Something that a transaction does, with numbers that name its accounts.
#[derive(Clone, Debug)]
pub enum Step {
    Transfer(Index, Index, u64),
    Create(Index, Index, u64, u64, bool),
    Allocate(Index, u64),
    Assign(Index, bool),
    MakeMint(Index, Index),
    MakeAccount(Index, Index, Index, Index),
    MakeAssociated(Index, Index, Index),
    MintTo(Index, Index, Index, u64),
    MoveTokens(Index, Index, Index, u64),
    MoveChecked(Index, Index, Index, u64, u8),
    MoveWithFee(Index, Index, Index, u64, u64),
    Burn(Index, Index, Index, u64),
    Approve(Index, Index, Index, u64),
    Close(Index, Index, Index),
    CloseMint(Index, Index, Index),
    Freeze(Index, Index, bool),
    SetAuthority(Index, Index, Index, u8),
    AskMint(Index, u8, u64),
    Memo(Index, Vec<u8>),
    MakeNonce(Index, Index),
    AdvanceNonce(Index, Index),
    WithdrawNonce(Index, Index, Index, u64),
    AuthorizeNonce(Index, Index, Index),
    Table(TableStep, Index, u64, Vec<Index>),
    Load(LoaderStep, Index, Index, Index, u32),
    Limit(u32),
    Price(u64),
    Heap(u32),
    Loaded(u32),
    NoBudget(Vec<u8>),
    Garbage(Index, Index, Vec<u8>),
}

/// What is done to a lookup table.
#[derive(Clone, Copy, Debug)]
pub enum TableStep {
    Make,
    Extend,
    Freeze,
    Deactivate,
    Close,
}

/// What the loader of upgradeable programs is asked.
#[derive(Clone, Copy, Debug)]
pub enum LoaderStep {
    Fill,
    Deploy,
    Upgrade,
    Extend,
    GiveProgram,
    GiveBuffer,
    CloseProgram,
    CloseBuffer,
    Run,
}

/// By what a transaction is not too old.
#[derive(Clone, Copy, Debug)]
pub enum Age {
    Latest,
    /// The nonce account, advanced first.
    Nonce,
    /// Advanced by an instruction that is not the first.
    NonceLater,
    /// With the value of another nonce.
    WrongNonce,
}

/// What is changed of an instruction when it is made.
#[derive(Clone, Debug)]
pub struct Twist {
    pub instruction: Index,
    pub account: Index,
    pub other: Index,
    pub kind: u8,
}

/// A transaction to be.
#[derive(Clone, Debug)]
pub struct Draft {
    pub payer: Index,
    pub steps: Vec<Step>,
    pub age: Age,
    /// Whose table from how many blocks ago it uses, and whether it names addresses that are not there.
    pub table: Option<(Index, u64, bool)>,
    pub twist: Option<Twist>,
    /// Blocks before it.
    pub blocks: u64,
}

fn lamports() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => 0_u64..10,
        3 => Just(890_880),
        3 => 890_000_u64..900_000,
        6 => 0..3 * SOL,
        1 => Just(400 * SOL),
        1 => any::<u64>(),
    ]
}

fn i() -> impl Strategy<Value = Index> {
    any::<Index>()
}

fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0_u64..300, 2 => Just(1_000), 1 => any::<u64>()]
}

fn plain() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (i(), i(), lamports()).prop_map(|(a, b, n)| Step::Transfer(a, b, n)),
        2 => (i(), i(), lamports(), 0_u64..300, any::<bool>())
            .prop_map(|(a, b, n, size, own)| Step::Create(a, b, n, size, own)),
        1 => (i(), prop_oneof![0_u64..100, Just(20 << 20)]).prop_map(|(a, n)| Step::Allocate(a, n)),
        1 => (i(), any::<bool>()).prop_map(|(a, b)| Step::Assign(a, b)),
        2 => (i(), prop_oneof![vec(any::<u8>(), 0..40), "[a-z ]{0,60}".prop_map(String::into_bytes)])
            .prop_map(|(a, bytes)| Step::Memo(a, bytes)),
        2 => (i(), i()).prop_map(|(a, b)| Step::MakeNonce(a, b)),
        1 => (i(), i()).prop_map(|(a, b)| Step::AdvanceNonce(a, b)),
        1 => (i(), i(), i(), lamports()).prop_map(|(a, b, c, n)| Step::WithdrawNonce(a, b, c, n)),
        1 => (i(), i(), i()).prop_map(|(a, b, c)| Step::AuthorizeNonce(a, b, c)),
        1 => prop_oneof![0_u32..3_000, 100_000_u32..2_000_000].prop_map(Step::Limit),
        1 => prop_oneof![4 => 0_u64..5_000, 1 => 0_u64..900_000_000].prop_map(Step::Price),
        1 => prop_oneof![Just(64 << 10), any::<u32>()].prop_map(Step::Heap),
        // Between these, LiteSVM does not count the code of upgradeable programs.
        1 => prop_oneof![0_u32..60, (8_u32 << 20)..(80 << 20)].prop_map(Step::Loaded),
        1 => vec(any::<u8>(), 0..6).prop_map(Step::NoBudget),
        1 => (i(), i(), vec(any::<u8>(), 0..20)).prop_map(|(a, b, data)| Step::Garbage(a, b, data)),
    ]
}

fn tokens() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (i(), i()).prop_map(|(a, b)| Step::MakeMint(a, b)),
        2 => (i(), i(), i(), i()).prop_map(|(a, b, c, d)| Step::MakeAccount(a, b, c, d)),
        3 => (i(), i(), i()).prop_map(|(a, b, c)| Step::MakeAssociated(a, b, c)),
        4 => (i(), i(), i(), amount()).prop_map(|(a, b, c, n)| Step::MintTo(a, b, c, n)),
        4 => (i(), i(), i(), amount()).prop_map(|(a, b, c, n)| Step::MoveTokens(a, b, c, n)),
        4 => (i(), i(), i(), amount(), prop_oneof![4 => Just(6_u8), 1 => any::<u8>()])
            .prop_map(|(a, b, c, n, d)| Step::MoveChecked(a, b, c, n, d)),
        2 => (i(), i(), i(), amount(), 0_u64..4)
            .prop_map(|(a, b, c, n, fee)| Step::MoveWithFee(a, b, c, n, fee)),
        2 => (i(), i(), i(), amount()).prop_map(|(a, b, c, n)| Step::Burn(a, b, c, n)),
        1 => (i(), i(), i(), amount()).prop_map(|(a, b, c, n)| Step::Approve(a, b, c, n)),
        1 => (i(), i(), i()).prop_map(|(a, b, c)| Step::Close(a, b, c)),
        1 => (i(), i(), i()).prop_map(|(a, b, c)| Step::CloseMint(a, b, c)),
        1 => (i(), i(), any::<bool>()).prop_map(|(a, b, thaw)| Step::Freeze(a, b, thaw)),
        1 => (i(), i(), i(), 0_u8..17).prop_map(|(a, b, c, kind)| Step::SetAuthority(a, b, c, kind)),
        2 => (i(), 21_u8..25, amount()).prop_map(|(a, tag, n)| Step::AskMint(a, tag, n)),
    ]
}

fn table() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![
        Just(TableStep::Make),
        Just(TableStep::Extend),
        Just(TableStep::Extend),
        Just(TableStep::Extend),
        Just(TableStep::Make),
        Just(TableStep::Freeze),
        Just(TableStep::Deactivate),
        Just(TableStep::Close),
    ];
    (kind, i(), back(), vec(i(), 0..9)).prop_map(|(kind, a, n, keys)| Step::Table(kind, a, n, keys))
}

/// Which table: that of the beginning, or one of some blocks ago, perhaps from before the wait that
/// closing needs.
fn back() -> impl Strategy<Value = u64> {
    prop_oneof![9 => 0_u64..5, 1 => 150_u64..155]
}

fn load() -> impl Strategy<Value = Step> {
    let kind = prop_oneof![
        3 => Just(LoaderStep::Fill),
        3 => Just(LoaderStep::Deploy),
        2 => Just(LoaderStep::Upgrade),
        1 => Just(LoaderStep::Extend),
        1 => Just(LoaderStep::GiveProgram),
        1 => Just(LoaderStep::GiveBuffer),
        1 => Just(LoaderStep::CloseProgram),
        1 => Just(LoaderStep::CloseBuffer),
        4 => Just(LoaderStep::Run),
    ];
    let number = prop_oneof![0_u32..5, Just(10_240), Just(20_000), any::<u32>()];
    (kind, i(), i(), i(), number).prop_map(|(kind, a, b, c, n)| Step::Load(kind, a, b, c, n))
}

fn twist() -> impl Strategy<Value = Twist> {
    (i(), i(), i(), 0_u8..9).prop_map(|(instruction, account, other, kind)| Twist {
        instruction,
        account,
        other,
        kind,
    })
}

/// A transaction to be.
pub fn draft() -> impl Strategy<Value = Draft> {
    let step = prop_oneof![5 => plain(), 6 => tokens(), 3 => table(), 4 => load()].boxed();
    let age = prop_oneof![
        12 => Just(Age::Latest),
        3 => Just(Age::Nonce),
        1 => Just(Age::NonceLater),
        1 => Just(Age::WrongNonce),
    ];
    let table = prop_oneof![
        3 => Just(None),
        2 => (i(), back(), prop::bool::weighted(0.1)).prop_map(Some),
    ];
    let twist = prop_oneof![4 => Just(None), 1 => twist().prop_map(Some)];
    let blocks = prop_oneof![12 => Just(0_u64), 4 => Just(1), 1 => Just(152)];
    (
        i(),
        prop_oneof![2 => vec(step.clone(), 1..2), 1 => vec(step, 2..4)],
        age,
        table,
        twist,
        blocks,
    )
        .prop_map(|(payer, steps, age, table, twist, blocks)| Draft {
            payer,
            steps,
            age,
            table,
            twist,
            blocks,
        })
}
