//! Accounts in the form in which Solana's clients read them.

use super::{State, error::RpcError};
use solana_account::Account;
use solana_account_decoder::{
    MAX_BASE58_BYTES, UiAccount, UiAccountEncoding, UiDataSliceConfig, encode_ui_account,
    parse_account_data::{AccountAdditionalDataV3, SplTokenAdditionalDataV2},
    parse_token::{get_token_account_mint, is_known_spl_token_id},
};
use solana_pubkey::Pubkey;
use spl_token_2022_interface::{
    extension::{
        BaseStateWithExtensions, StateWithExtensions, interest_bearing_mint::InterestBearingConfig,
        scaled_ui_amount::ScaledUiAmountConfig,
    },
    state::Mint,
};

/// Bytes of what base58 is asked for, which takes time that grows with their square.
const BASE58_LIMIT: &str =
    "Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.";

/// How accounts are to be shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    encoding: UiAccountEncoding,
    slice: Option<UiDataSliceConfig>,
}

impl Shape {
    /// What a request asked for; without an encoding, the oldest one.
    pub(super) fn new(
        encoding: Option<UiAccountEncoding>,
        slice: Option<UiDataSliceConfig>,
    ) -> Self {
        Self {
            encoding: encoding.unwrap_or(UiAccountEncoding::Binary),
            slice,
        }
    }

    /// An account. The mint of a token account is read from `state`.
    pub(super) fn show(
        &self,
        state: &dyn State,
        key: &Pubkey,
        account: &Account,
    ) -> Result<UiAccount, RpcError> {
        let shown = match self.slice {
            Some(slice) => account
                .data
                .len()
                .saturating_sub(slice.offset)
                .min(slice.length),
            None => account.data.len(),
        };
        let is_base58 = matches!(
            self.encoding,
            UiAccountEncoding::Binary | UiAccountEncoding::Base58
        );
        if is_base58 && shown > MAX_BASE58_BYTES {
            return Err(RpcError::InvalidRequest(BASE58_LIMIT.into()));
        }
        let mint = match self.encoding {
            UiAccountEncoding::JsonParsed if is_known_spl_token_id(&account.owner) => {
                mint_of_account(state, account)?
            }
            _ => None,
        };
        let additional = AccountAdditionalDataV3 {
            spl_token_additional_data: mint,
        };
        Ok(encode_ui_account(
            key,
            account,
            self.encoding,
            Some(additional),
            self.slice,
        ))
    }
}

/// What a token account's mint says of its amounts; nothing of what is no token account.
fn mint_of_account(
    state: &dyn State,
    account: &Account,
) -> Result<Option<SplTokenAdditionalDataV2>, RpcError> {
    let Some(mint) = get_token_account_mint(&account.data) else {
        return Ok(None);
    };
    let Some(mint) = state.account(&mint)? else {
        return Ok(None);
    };
    Ok(amounts_of_mint(&mint.data, state.head().timestamp))
}

/// How amounts of a mint are shown at a time; nothing of what is no mint.
pub(super) fn amounts_of_mint(data: &[u8], timestamp: i64) -> Option<SplTokenAdditionalDataV2> {
    let mint = StateWithExtensions::<Mint>::unpack(data).ok()?;
    let interest = mint.get_extension::<InterestBearingConfig>().ok();
    let scaled = mint.get_extension::<ScaledUiAmountConfig>().ok();
    Some(SplTokenAdditionalDataV2 {
        decimals: mint.base.decimals,
        interest_bearing_config: interest.map(|config| (*config, timestamp)),
        scaled_ui_amount_config: scaled.map(|config| (*config, timestamp)),
    })
}
