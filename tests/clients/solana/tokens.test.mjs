// @solana/spl-token: a token's life on SPL Token and on Token-2022, and how the API shows it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AuthorityType, ExtensionType, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID, approve, burn, closeAccount, createAssociatedTokenAccount, createInitializeMintInstruction,
  createInitializeTransferFeeConfigInstruction, createMint, createTransferCheckedInstruction, freezeAccount, getAccount, getAssociatedTokenAddressSync, getMint, getMintLen,
  getTransferFeeAmount, mintTo, revoke, setAuthority, thawAccount, transferChecked, withdrawWithheldTokensFromAccounts,
} from '@solana/spl-token';
import {
  Keypair, PublicKey, SYSVAR_CLOCK_PUBKEY, SYSVAR_EPOCH_SCHEDULE_PUBKEY, SYSVAR_RENT_PUBKEY, SYSVAR_SLOT_HASHES_PUBKEY, SendTransactionError, SystemProgram,
} from '@solana/web3.js';
import { connection, funded, rpc, rpcError, send, transactionOf, until } from '../lib/solana.mjs';

const confirm = { commitment: 'confirmed' };

for (const [name, program] of [['SPL Token', TOKEN_PROGRAM_ID], ['Token-2022', TOKEN_2022_PROGRAM_ID]]) {
  test(`${name}: mint, accounts, transfer, approve, freeze, burn, close`, async () => {
    const [alice, bob] = [await funded(), await funded()];
    const mint = await createMint(connection, alice, alice.publicKey, alice.publicKey, 6, Keypair.generate(), confirm, program);
    const accountOf = ({ publicKey }) => getAssociatedTokenAddressSync(mint, publicKey, false, program);
    for (const owner of [alice, bob]) await createAssociatedTokenAccount(connection, alice, mint, owner.publicKey, confirm, program);
    const [from, to] = [accountOf(alice), accountOf(bob)];
    await mintTo(connection, alice, mint, from, alice, 1_000_000n, [], confirm, program);

    const signature = await transferChecked(connection, alice, from, mint, to, alice, 250_000n, 6, [], confirm, program);
    const amount = async (account) => (await getAccount(connection, account, 'confirmed', program)).amount;
    assert.deepEqual([await amount(from), await amount(to)], [750_000n, 250_000n]);
    const { meta } = await transactionOf(signature);
    const shown = (balances) => Object.fromEntries(balances.map(({ owner, uiTokenAmount }) => [owner, uiTokenAmount.amount]));
    assert.deepEqual(shown(meta.preTokenBalances), { [alice.publicKey]: '1000000', [bob.publicKey]: '0' });
    assert.deepEqual(shown(meta.postTokenBalances), { [alice.publicKey]: '750000', [bob.publicKey]: '250000' });
    assert.ok(meta.postTokenBalances.every((balance) => balance.mint === mint.toBase58() && balance.programId === program.toBase58() && balance.uiTokenAmount.decimals === 6));

    await approve(connection, alice, from, bob.publicKey, alice, 100_000n, [], confirm, program);
    const approved = await connection.getTokenAccountsByOwner(alice.publicKey, { mint });
    assert.deepEqual(approved.value.map(({ pubkey }) => pubkey.toBase58()), [from.toBase58()]);
    const delegated = await rpc('getTokenAccountsByDelegate', bob.publicKey.toBase58(), { mint: mint.toBase58() }, { encoding: 'jsonParsed' });
    assert.deepEqual(delegated.value.map(({ pubkey }) => pubkey), [from.toBase58()]);
    assert.equal(delegated.value[0].account.data.parsed.info.delegatedAmount.uiAmountString, '0.1');
    await transferChecked(connection, bob, from, mint, to, bob, 40_000n, 6, [], confirm, program);
    await revoke(connection, alice, from, alice, [], confirm, program);
    assert.deepEqual((await rpc('getTokenAccountsByDelegate', bob.publicKey.toBase58(), { programId: program.toBase58() })).value, []);

    await freezeAccount(connection, alice, to, mint, alice, [], confirm, program);
    const frozen = await transferChecked(connection, bob, to, mint, from, bob, 1n, 6, [], confirm, program).catch((error) => error);
    assert.ok(frozen instanceof SendTransactionError, frozen.stack);
    assert.match(frozen.message, /0x11/, 'AccountFrozen');
    await thawAccount(connection, alice, to, mint, alice, [], confirm, program);

    await burn(connection, bob, to, mint, bob, 290_000n, [], confirm, program);
    await closeAccount(connection, bob, to, bob.publicKey, bob, [], confirm, program);
    assert.equal(await connection.getAccountInfo(to), null);
    assert.equal((await getMint(connection, mint, 'confirmed', program)).supply, 710_000n);
    await setAuthority(connection, alice, mint, alice, AuthorityType.MintTokens, null, [], confirm, program);
    assert.equal((await getMint(connection, mint, 'confirmed', program)).mintAuthority, null);
    const spent = await mintTo(connection, alice, mint, from, alice, 1n, [], confirm, program).catch((error) => error);
    assert.match(spent.message, /0x5/, 'FixedSupply');
  });

  test(`${name}: supply, balances and holders over the API`, async () => {
    const alice = await funded();
    const mint = await createMint(connection, alice, alice.publicKey, null, 2, Keypair.generate(), confirm, program);
    const holders = [];
    for (const amount of [500n, 300n, 0n]) {
      const owner = Keypair.generate().publicKey;
      const account = await createAssociatedTokenAccount(connection, alice, mint, owner, confirm, program);
      if (amount > 0n) await mintTo(connection, alice, mint, account, alice, amount, [], confirm, program);
      holders.push({ owner, account, amount });
    }
    const supply = await connection.getTokenSupply(mint);
    assert.deepEqual(supply.value, { amount: '800', decimals: 2, uiAmount: 8, uiAmountString: '8' });
    const balance = await connection.getTokenAccountBalance(holders[1].account);
    assert.deepEqual(balance.value, { amount: '300', decimals: 2, uiAmount: 3, uiAmountString: '3' });
    const largest = await connection.getTokenLargestAccounts(mint);
    assert.deepEqual(largest.value.map(({ address, amount }) => [address.toBase58(), amount]), holders.map(({ account, amount }) => [account.toBase58(), String(amount)]));

    const { value } = await connection.getParsedTokenAccountsByOwner(holders[0].owner, { programId: program });
    assert.equal(value.length, 1);
    const { info, type } = value[0].account.data.parsed;
    assert.equal(type, 'account');
    assert.equal(info.owner, holders[0].owner.toBase58());
    assert.deepEqual(info.tokenAmount, { amount: '500', decimals: 2, uiAmount: 5, uiAmountString: '5' });
    const parsed = await connection.getParsedAccountInfo(mint);
    assert.equal(parsed.value.data.parsed.type, 'mint');
    assert.equal(parsed.value.data.parsed.info.supply, '800');
    assert.equal(parsed.value.data.program, program.equals(TOKEN_PROGRAM_ID) ? 'spl-token' : 'spl-token-2022');

    // The same accounts by what their bytes are.
    const filters = [{ memcmp: { offset: 0, bytes: mint.toBase58() } }, { memcmp: { offset: 32, bytes: holders[2].owner.toBase58() } }];
    const found = await connection.getProgramAccounts(program, { filters, dataSlice: { offset: 32, length: 40 } });
    assert.equal(found.length, 1);
    assert.equal(found[0].pubkey.toBase58(), holders[2].account.toBase58());
    assert.deepEqual([...found[0].account.data], [...holders[2].owner.toBytes(), 0, 0, 0, 0, 0, 0, 0, 0]);
    const all = await rpc('getProgramAccounts', program.toBase58(), { filters: [{ memcmp: { offset: 0, bytes: mint.toBase58() } }, 'tokenAccountState'], encoding: 'base64+zstd', withContext: true });
    assert.deepEqual(all.value.map(({ pubkey }) => pubkey).sort(), holders.map(({ account }) => account.toBase58()).sort());
    assert.equal(all.value[0].account.data[1], 'base64+zstd');

    const message = async (...args) => (await rpcError(...args)).message;
    assert.equal(await message('getTokenSupply', alice.publicKey.toBase58()), 'Invalid param: not a Token mint');
    assert.equal(await message('getTokenSupply', Keypair.generate().publicKey.toBase58()), 'Invalid param: could not find mint');
    assert.equal(await message('getTokenAccountBalance', Keypair.generate().publicKey.toBase58()), 'Invalid param: could not find account');
    assert.equal(await message('getTokenAccountsByOwner', alice.publicKey.toBase58(), { programId: SystemProgram.programId.toBase58() }), 'Invalid param: unrecognized Token program id');
  });
}

test('Token-2022: fees of transfers are withheld, and extensions are shown', async () => {
  const [alice, bob] = [await funded(), Keypair.generate()];
  const mint = Keypair.generate();
  const space = getMintLen([ExtensionType.TransferFeeConfig]);
  const program = TOKEN_2022_PROGRAM_ID;
  await send(
    [
      SystemProgram.createAccount({
        fromPubkey: alice.publicKey, newAccountPubkey: mint.publicKey, space, programId: program, lamports: await connection.getMinimumBalanceForRentExemption(space),
      }),
      createInitializeTransferFeeConfigInstruction(mint.publicKey, alice.publicKey, alice.publicKey, 100, 1_000_000n, program),
      createInitializeMintInstruction(mint.publicKey, 3, alice.publicKey, null, program),
    ],
    alice,
    mint,
  );
  const from = await createAssociatedTokenAccount(connection, alice, mint.publicKey, alice.publicKey, confirm, program);
  const to = await createAssociatedTokenAccount(connection, alice, mint.publicKey, bob.publicKey, confirm, program);
  await mintTo(connection, alice, mint.publicKey, from, alice, 100_000n, [], confirm, program);
  await send([createTransferCheckedInstruction(from, mint.publicKey, to, alice.publicKey, 50_000n, 3, [], program)], alice);
  const received = await getAccount(connection, to, 'confirmed', program);
  assert.equal(received.amount, 49_500n);
  assert.equal(getTransferFeeAmount(received).withheldAmount, 500n);
  const { value } = await connection.getParsedAccountInfo(mint.publicKey);
  const [extension] = value.data.parsed.info.extensions;
  assert.equal(extension.extension, 'transferFeeConfig');
  assert.equal(extension.state.newerTransferFee.transferFeeBasisPoints, 100);
  await withdrawWithheldTokensFromAccounts(connection, alice, mint.publicKey, from, alice, [], [to], confirm, program);
  assert.equal((await getAccount(connection, from, 'confirmed', program)).amount, 50_500n);
});

test('the accounts of a program are told as they change', async (t) => {
  const alice = await funded();
  const mint = await createMint(connection, alice, alice.publicKey, null, 0, Keypair.generate(), confirm);
  const account = await createAssociatedTokenAccount(connection, alice, mint, alice.publicKey, confirm);
  const heard = [];
  const id = connection.onProgramAccountChange(
    TOKEN_PROGRAM_ID,
    ({ accountId, accountInfo }) => heard.push([accountId.toBase58(), accountInfo.data.readBigUInt64LE(64)]),
    { commitment: 'confirmed', filters: [{ memcmp: { offset: 0, bytes: mint.toBase58() } }] },
  );
  t.after(() => connection.removeProgramAccountChangeListener(id));
  let minted = 0n;
  await until(async () => (minted++, await mintTo(connection, alice, mint, account, alice, 1n, [], confirm), heard.length > 0), 'a change');
  assert.deepEqual(heard.at(-1)[0], account.toBase58());
  await until(() => heard.at(-1)[1] === minted, 'the last amount');
});

test('the programs and sysvars of genesis are where clients look for them', async () => {
  const programs = [
    'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA', 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb', 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL', 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr',
    'AddressLookupTab1e1111111111111111111111111', '11111111111111111111111111111111', 'ComputeBudget111111111111111111111111111111', 'BPFLoaderUpgradeab1e11111111111111111111111',
  ];
  for (const account of await connection.getMultipleAccountsInfo(programs.map((key) => new PublicKey(key)))) assert.equal(account?.executable, true);
  const sysvar = async (key) => (await rpc('getAccountInfo', key.toBase58(), { encoding: 'jsonParsed' })).value.data.parsed;
  const clock = await sysvar(SYSVAR_CLOCK_PUBKEY);
  assert.equal(clock.type, 'clock');
  assert.ok(clock.info.slot > 0 && clock.info.unixTimestamp > 1.7e9);
  assert.equal((await sysvar(SYSVAR_RENT_PUBKEY)).info.lamportsPerByte, '6960');
  assert.equal((await sysvar(SYSVAR_EPOCH_SCHEDULE_PUBKEY)).info.slotsPerEpoch, 432000);
  assert.ok((await sysvar(SYSVAR_SLOT_HASHES_PUBKEY)).info.length > 0);
});
