// Deploys Aave V3 from the artefacts of its npm package: the pool with its libraries, an oracle with fixed prices, and
// two reserves. WETH can be collateral, USDC can be borrowed.
import { createRequire } from 'node:module';
import { zeroAddress } from 'viem';
import { deploy, read, send } from '../lib/chain.mjs';

const require = createRequire(import.meta.url);
const artefact = (path) => require(`@aave/core-v3/artifacts/contracts/${path}.sol/${path.split('/').pop()}.json`);

const RAY = 10n ** 27n;

/** The code of a contract with the addresses of its libraries in it. */
function linked(contract, libraries) {
  let code = contract.bytecode;
  for (const file of Object.values(contract.linkReferences)) {
    for (const [name, places] of Object.entries(file)) {
      for (const { start, length } of places) {
        const at = 2 + 2 * start;
        code = code.slice(0, at) + libraries[name].slice(2).toLowerCase() + code.slice(at + 2 * length);
      }
    }
  }
  return { ...contract, bytecode: code };
}

/** A token as the contracts of Aave's tests have it: anybody mints. */
export const mintable = (admin, name, symbol, decimals) =>
  deploy(admin, artefact('mocks/tokens/MintableERC20'), [name, symbol, decimals]);

/**
 * Deploys a market of two tokens: `collateral` and `borrowed` are `{ address, decimals, price }`, the price in US
 * dollars with 8 decimals. Returns the pool, and who may pause it.
 */
export async function deployAave(admin, collateral, borrowed) {
  const owner = admin.account.address;
  const libraries = {};
  const logics = ['SupplyLogic', 'BorrowLogic', 'LiquidationLogic', 'EModeLogic', 'BridgeLogic', 'PoolLogic', 'ConfiguratorLogic', 'FlashLoanLogic'];
  for (const name of logics) {
    const contract = linked(artefact(`protocol/libraries/logic/${name}`), libraries);
    libraries[name] = (await deploy(admin, contract)).address;
  }

  const provider = await deploy(admin, artefact('protocol/configuration/PoolAddressesProvider'), ['Lumio', owner]);
  await send(admin, provider, 'setACLAdmin', [owner]);
  const rights = await deploy(admin, artefact('protocol/configuration/ACLManager'), [provider.address]);
  await send(admin, provider, 'setACLManager', [rights.address]);
  await send(admin, rights, 'addPoolAdmin', [owner]);
  await send(admin, rights, 'addEmergencyAdmin', [owner]);

  const feeds = [];
  for (const { price } of [collateral, borrowed]) {
    feeds.push(await deploy(admin, artefact('mocks/oracle/CLAggregators/MockAggregator'), [price]));
  }
  const tokens = [collateral.address, borrowed.address];
  const oracle = await deploy(admin, artefact('misc/AaveOracle'), [
    provider.address, tokens, feeds.map(({ address }) => address), zeroAddress, zeroAddress, 10n ** 8n,
  ]);
  await send(admin, provider, 'setPriceOracle', [oracle.address]);

  const poolCode = await deploy(admin, linked(artefact('protocol/pool/Pool'), libraries), [provider.address]);
  await send(admin, provider, 'setPoolImpl', [poolCode.address]);
  const configuratorCode = await deploy(admin, linked(artefact('protocol/pool/PoolConfigurator'), libraries));
  await send(admin, provider, 'setPoolConfiguratorImpl', [configuratorCode.address]);
  const pool = { address: await read(provider, 'getPool'), abi: poolCode.abi };
  const configurator = { address: await read(provider, 'getPoolConfigurator'), abi: configuratorCode.abi };

  const token = async (name) => (await deploy(admin, artefact(`protocol/tokenization/${name}`), [pool.address])).address;
  const [aToken, stableDebt, variableDebt] = [await token('AToken'), await token('StableDebtToken'), await token('VariableDebtToken')];
  const percent = (n) => (RAY * BigInt(n)) / 100n;
  const rates = await deploy(admin, artefact('protocol/pool/DefaultReserveInterestRateStrategy'), [
    provider.address, percent(80), 0n, percent(4), percent(75), percent(1), percent(75), percent(1), percent(8), percent(20),
  ]);
  await send(admin, configurator, 'initReserves', [
    [collateral, borrowed].map(({ address, decimals, symbol }) => ({
      aTokenImpl: aToken,
      stableDebtTokenImpl: stableDebt,
      variableDebtTokenImpl: variableDebt,
      underlyingAssetDecimals: decimals,
      interestRateStrategyAddress: rates.address,
      underlyingAsset: address,
      treasury: owner,
      incentivesController: zeroAddress,
      aTokenName: `Aave ${symbol}`,
      aTokenSymbol: `a${symbol}`,
      variableDebtTokenName: `Aave variable debt ${symbol}`,
      variableDebtTokenSymbol: `variableDebt${symbol}`,
      stableDebtTokenName: `Aave stable debt ${symbol}`,
      stableDebtTokenSymbol: `stableDebt${symbol}`,
      params: '0x10',
    })),
  ]);
  // 80 % of the collateral's value can be borrowed; below 82.5 % it is safe from liquidation.
  await send(admin, configurator, 'configureReserveAsCollateral', [collateral.address, 8_000n, 8_250n, 10_500n]);
  await send(admin, configurator, 'setReserveBorrowing', [borrowed.address, true]);
  const reserve = await read(pool, 'getReserveData', [borrowed.address]);
  const collateralReserve = await read(pool, 'getReserveData', [collateral.address]);
  return {
    pool,
    configurator,
    debtToken: reserve.variableDebtTokenAddress,
    aTokens: [collateralReserve.aTokenAddress, reserve.aTokenAddress],
    feeds: feeds.map(({ address }) => address),
  };
}
