/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clang-format off */
/* What shifts, masks and single bits are in arithmetic, which the prover does not find out by
 * itself. Each is proved for words of 64 bits in bits.smt2. */
/*@ predicate word(integer x) = 0 <= x < 0x10000000000000000;
    predicate nx_or_0(integer x) = x == 0 || x == 0x8000000000000000;
    axiomatic Words {
      axiom shl12: \forall integer x; 0 <= x ==> (x << 12) == x * 4096;
      axiom shr12: \forall integer x; 0 <= x ==> (x >> 12) == x / 4096;
      axiom shl32: \forall integer x; 0 <= x ==> (x << 32) == x * 0x100000000;
      axiom shr32: \forall integer x; 0 <= x ==> (x >> 32) == x / 0x100000000;
      axiom and_low: \forall integer e, mask, nx; word(e) && nx_or_0(nx) &&
	(0xffffffff00000000 & (e & (u64)~nx)) == 0 &&
	(mask == 0xfffff000 || mask == 0xffffffffff000) ==> (e & mask) / 4096 == (u32)e >> 12;
      axiom and_pages: \forall integer e, mask; word(e) &&
	(mask == 0xfffff000 || mask == 0xffffffffff000) ==> (e & mask) % 4096 == 0;
      axiom below20: \forall integer x; word(x) && (0xfffffffffff00000 & x) == 0 ==> x < 0x100000;
      axiom low32: \forall integer x; word(x) ==> (u32)x == x % 0x100000000;
      axiom low33: \forall integer x; word(x) ==> ((u32)x & 0x21) == (x & 0x21);
      axiom shr: \forall integer x, n; word(x) && 0 <= n < 64 ==> 0 <= (x >> n) <= x;
      axiom powers: \forall integer n; (n == 2 ==> (1 << n) == 4) && (n == 9 ==> (1 << n) == 512) &&
	(n == 10 ==> (1 << n) == 1024);
      axiom and_top: \forall integer x; word(x) ==>
	0 <= (x & 0x8000000000000000) <= 0x8000000000000000 &&
	(x & 0x8000000000000000) % 0x8000000000000000 == 0 &&
	(0 < (x & 0x8000000000000000) <==> 0x8000000000000000 <= x);
      axiom and_most: \forall integer a, b; word(a) && word(b) ==>
	0 <= (a & b) <= a && (a & b) <= b;
      axiom or_most: \forall integer a, b; word(a) && word(b) ==>
	a <= (a | b) <= a + b && b <= (a | b) && word(a | b);
      axiom or_flags: \forall integer page, f; word(page) && page % 4096 == 0 && 0 <= f < 4096 ==>
	(page | f) == page + f;
      axiom or_nx: \forall integer x, nx; 0 <= x < 0x8000000000000000 && nx_or_0(nx) ==> (x | nx) == x + nx;
      axiom or_both: \forall integer page, f, nx; 0 <= page < 0x8000000000000000 &&
	page % 4096 == 0 && 0 <= f < 4096 && nx_or_0(nx) ==> (page | (f + nx)) == page + f + nx;
    }
    axiomatic Bits {
      predicate bit(integer x, integer m);
      axiom and_bits: \forall integer a, b, m; word(a) && word(b) ==>
	(bit(a & b, m) <==> bit(a, m) && bit(b, m));
      axiom or_bits: \forall integer a, b, m; word(a) && word(b) ==>
	(bit(a | b, m) <==> bit(a, m) || bit(b, m));
      axiom constants: !bit(0, 2) && !bit(0, 4) && !bit(2, 4) && !bit(4, 2) && bit(2, 2) && bit(4, 4) &&
	bit(0x41, 1) && !bit(0x41, 2) && !bit(0x41, 4) && bit(33, 1) &&
	!bit(0x80000000, 2) && !bit(0x80000000, 4) && !bit(0xfffffffd, 2) &&
	!bit(0x241, 2) && !bit(0x241, 4);
      axiom bit6: \forall integer x; word(x) ==> ((x & 64) != 0 <==> bit(x, 64));
      axiom div32: \forall integer x; word(x) ==> (bit(x / 32, 2) <==> bit(x, 64));
      axiom bits_page: \forall integer x, m; 0 <= x < 0x100000000 && 0 < m < 4096 ==> !bit(x << 12, m);
      axiom bits_nx: \forall integer nx, m; nx_or_0(nx) && 0 < m < 4096 ==> !bit(nx, m);
    } */
