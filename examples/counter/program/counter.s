// Counts for everybody. Accounts: the counter, 40 bytes of data that this program owns; and whoever counts, which signs
// and has no data. Instruction: by how much, 8 bytes, the lowest first.
//
// The counter's data are the count, 8 bytes, and who has counted last, 32 bytes. Returned is the count.
// Errors: 1 the accounts or the data are others, 2 the count would be too large.
.globl entrypoint
.rodata
  message: .ascii "counted"
.text
entrypoint:
  mov64 r6, r1
  ldxdw r2, [r6+0]
  jne r2, 2, others
  ldxdw r2, [r6+88]
  jne r2, 40, others
  ldxb r2, [r6+10384]
  jne r2, 255, others
  ldxdw r2, [r6+10464]
  jne r2, 0, others
  ldxdw r2, [r6+20720]
  jne r2, 8, others
  ldxb r2, [r6+10385]
  jeq r2, 0, unsigned

  ldxdw r3, [r6+96]
  ldxdw r4, [r6+20728]
  add64 r4, r3
  jlt r4, r3, too_large
  stxdw [r6+96], r4

  ldxdw r2, [r6+10392]
  stxdw [r6+104], r2
  ldxdw r2, [r6+10400]
  stxdw [r6+112], r2
  ldxdw r2, [r6+10408]
  stxdw [r6+120], r2
  ldxdw r2, [r6+10416]
  stxdw [r6+128], r2

  lddw r1, message
  mov64 r2, 7
  call sol_log_
  mov64 r1, r6
  add64 r1, 96
  mov64 r2, 8
  call sol_set_return_data
  mov64 r0, 0
  exit

others:
  mov64 r0, 1
  exit
too_large:
  mov64 r0, 2
  exit
unsigned:
  // A missing signature, as Solana's programs say it.
  lddw r0, 0x800000000
  exit
