// The arithmetic of Uniswap V2, to check amounts exactly.

/** What a pair gives for `amountIn`, after its fee of 0.3 %. */
export function amountOut(amountIn, reserveIn, reserveOut) {
  const paid = amountIn * 997n;
  return (paid * reserveOut) / (reserveIn * 1000n + paid);
}

/** Liquidity minted to the first provider: the geometric mean, less what is locked for ever. */
export const firstLiquidity = (a, b) => root(a * b) - 1000n;

function root(n) {
  let x = n;
  for (let y = (n + 1n) / 2n; y < x; y = (x + n / x) / 2n) x = y;
  return x;
}

export const farAway = 1n << 40n;
