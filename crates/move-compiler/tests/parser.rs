//! The parser: what each construct becomes, what each error says and where, and that no input
//! makes it panic or take long.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod dump;

use std::{path::Path, time::Instant};

use lumio_move_compiler::{Diagnostics, Sources, ast::*, parse_file};
use proptest::prelude::*;

/// The tree, and `line:column: message` of each error.
fn parse(text: &str) -> (File, Vec<String>) {
    let mut sources = Sources::default();
    let file = sources.add("test.move", text);
    let mut diagnostics = Diagnostics::default();
    let tree = parse_file(&sources, file, &mut diagnostics);
    let errors = diagnostics.iter().map(|d| {
        let (line, column) = sources.line_column(d.primary.0);
        format!("{line}:{column}: {}", d.message)
    });
    (tree, errors.collect())
}

fn good(text: &str) -> File {
    let (file, errors) = parse(text);
    assert!(errors.is_empty(), "{text}\n{errors:#?}");
    file
}

fn items(text: &str) -> Vec<Item> {
    good(&format!("module 0x1::m {{ {text} }}"))
        .modules
        .remove(0)
        .items
}

fn function(text: &str) -> Function {
    match items(text).remove(0) {
        Item::Function(f) => f,
        other => panic!("{other:?}"),
    }
}

/// What a function's body becomes.
fn body(text: &str) -> String {
    let function = function(&format!("fun f() {{ {text} }}"));
    let shown = dump::block(&function.body.unwrap());
    shown[1..shown.len() - 1].to_owned()
}

#[track_caller]
fn becomes(text: &str, expected: &str) {
    assert_eq!(body(text), expected, "{text}");
}

/// Errors of a body that begins in the second line.
fn errors(text: &str) -> Vec<String> {
    parse(&format!("module 0x1::m {{ fun f() {{\n{text}\n}} }}")).1
}

#[track_caller]
fn fails(text: &str, expected: &[&str]) {
    assert_eq!(errors(text), expected, "{text}");
}

#[test]
fn operators_bind_as_the_book_says() {
    becomes("1 + 2 * 3", "(Add 1 (Mul 2 3))");
    becomes("1 - 2 - 3", "(Sub (Sub 1 2) 3)");
    becomes("a || b && c == d", "(Or a (And b (Eq c d)))");
    becomes(
        "a | b ^ c & d << e + f",
        "(BitOr a (Xor b (BitAnd c (Shl d (Add e f)))))",
    );
    becomes("a >> 1 >= b", "(Ge (Shr a 1) b)");
    becomes("a > b", "(Gt a b)");
    becomes("!a && !!b", "(And (Not a) (Not (Not b)))");
    becomes("-a.b + *c.d", "(Add (Negate a.b) (* c.d))");
    becomes("*&mut a[1] + *&b", "(Add (* (&mut a[1])) (* (& b)))");
    becomes("(a + b) * c", "(Mul (Add a b) c)");
    becomes("copy a + move b", "(Add (copy a) (move b))");
    becomes("a ==> b", "(Implies a b)");
}

#[test]
fn less_than_needs_a_space_behind_names_only() {
    becomes("a < b", "(Lt a b)");
    becomes("a <b", "(Lt a b)");
    becomes("s.x<3", "(Lt s.x 3)");
    becomes("1<2", "(Lt 1 2)");
    becomes("f<u64>(1)", "f<u64>(1)");
    becomes("f<vector<vector<u8>>>(1)", "f<vector<vector<u8>>>(1)");
    becomes("vector <u8>[1]", "vector<u8>[1]");
}

#[test]
fn casts_annotations_and_tests() {
    becomes("let y = x as u8;", "let y = (as x u8);");
    becomes("f(x as u8, 1)", "f((as x u8) 1)");
    becomes("(1 + x as u8) + 1", "(Add (as (Add 1 x) u8) 1)");
    becomes("(1: u8)", "(: 1 u8)");
    becomes("*&x as u8", "(as (* (& x)) u8)");
    becomes("e is A|E::B", "(is e A E::B)");
    becomes("(e is A) && b", "(And (is e A) b)");
}

#[test]
fn literals_keep_their_values() {
    becomes(
        "1_000u64; 0xff_u8; 007; 5i256; 0x_1",
        "1000u64; 255u8; 7; 5i256; 1",
    );
    becomes(
        "true; false; @0x1; @std; @18",
        "true; false; @0x1; @std; @0x12",
    );
    becomes(
        r#"b"a\n\x41\\\"\0"; x"00fF"; b"""#,
        "b[97, 10, 65, 92, 34, 0]; b[0, 255]; b[]",
    );
    becomes(r#"assert!(a, "hé")"#, r#"assert!(a "hé")"#);
    becomes(
        "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "115792089237316195423570985008687907853269984665640564039457584007913129639935",
    );
}

#[test]
fn what_follows_a_term() {
    becomes("a.b.0.1", "a.b.0.1");
    becomes("a.f(1).g::<u8>(2)", "(.g<u8> (.f a 1) 2)");
    becomes("v[i][j].x", "v[i][j].x");
    becomes("R<u64>[@0x1].x", "R<u64>[@0x1].x");
    becomes(
        "(f)(1); (v[0])(1); f(1)(2); (s.f)(3)",
        "(call f 1); (call v[0] 1); (call f(1) 2); (call s.f 3)",
    );
    becomes("vector[]; vector<u8>[1, 2,]", "vector[]; vector<u8>[1 2]");
    becomes(
        "0x1::m::f<u8>(1); m::E::V; E<u8>::V",
        "0x1::m::f<u8>(1); m::E::V; E::V<u8>",
    );
    becomes("S { a: 1, b }; m::S<u8> {}", "S{a:1 b:b}; m::S<u8>{}");
    becomes("(); (a); (a, b,)", "(); a; (a b)");
}

#[test]
fn assignments_take_places_and_patterns() {
    becomes(
        "x = 1; x.f = 1; *r = 1; v[0] = 1; _ = 1",
        "(= x 1); (= [x.f] 1); (= [(* r)] 1); (= [v[0]] 1); (= _ 1)",
    );
    becomes("(a, s.b, _) = f()", "(= (a [s.b] _) f())");
    becomes("S { a, b: _, .. } = s", "(= S{a:a b:_ ..} s)");
    becomes("S(a, ..) = s", "(= S(a ..) s)");
    becomes(
        "m::S<vector<u8>> { a: x.y } = s",
        "(= m::S<vector<u8>>{a:[x.y]} s)",
    );
    becomes(
        "x += 1; x >>= 2; x <<= 1; *r |= 4",
        "(Add= x 1); (Shr= x 2); (Shl= x 1); (BitOr= (* r) 4)",
    );
    becomes("(a == b); (x).f = 1", "(Eq a b); (= [x.f] 1)");
    becomes("x = y = 1", "(= x (= y 1))");
}

#[test]
fn let_takes_patterns() {
    becomes(
        "let x; let y: u64; let (a, _) = t;",
        "let x; let y: u64; let (a _) = t;",
    );
    becomes(
        "let S { a, b: (c, d), .. } = s;",
        "let S{a:a b:(c d) ..} = s;",
    );
    becomes(
        "let S(a, ..) = s; let (a, ..) = t;",
        "let S(a ..) = s; let (a ..) = t;",
    );
    becomes("let x: vector<u8>= v;", "let x: vector<u8> = v;");
}

#[test]
fn control_flow() {
    becomes("if (a) 1 else 2 + 3", "(if a 1 (Add 2 3))");
    becomes("if (a) {1} else {2} + 3", "(Add (if a {1} {2}) 3)");
    becomes(
        "if (a) {1} else if (b) {2} else {3} + 4",
        "(if a {1} (Add (if b {2} {3}) 4))",
    );
    becomes("if (a) return; return 1", "(if a (return )); (return 1)");
    becomes(
        "while (a) x = 1; loop { break }",
        "(while a (= x 1)); (loop {(break )})",
    );
    becomes(
        "'a: loop { 'b: while (c) { break 'a; continue 'b } }",
        "('a loop {('b while c {(break 'a); (continue 'b)})})",
    );
    becomes("for (i in 0..n + 1) { }", "(for i 0 (Add n 1) {})");
    becomes("for (i in 0..3 spec { invariant a; }) x;", "(for i 0 3 x);");
    becomes("abort 1", "(abort 1)");
    becomes("a || return", "(Or a (return ))");
    becomes("{ use 0x1::m; let a = 1; a }", "{use m; let a = 1; a}");
}

#[test]
fn match_has_alternatives_and_guards() {
    becomes(
        "match (x) { A => {} B { v, .. } | E::C(_) if (v > 1) => 1, 7 | true => 2, _ => 3 }",
        "(match x [A => {}] [B{v:v ..}|E::C(_) if (Gt v 1) => 1] [7|true => 2] [_ => 3])",
    );
    becomes(
        "match (&x) { O<u64>::S { v } => v, (a, 1) => b }",
        "(match (& x) [O::S<u64>{v:v} => v] [(a 1) => b])",
    );
}

#[test]
fn block_like_expressions_end_statements() {
    becomes(
        "if (a) { b } let c = 1; while (d) {} e",
        "(if a {b}); let c = 1; (while d {}); e",
    );
    becomes("if (a) { b } *r = 1;", "(if a {b}); (= [(* r)] 1);");
    becomes(
        "if (a) { b } else { c }\n*r = 1;",
        "(if a {b} {c}); (= [(* r)] 1);",
    );
    becomes(
        "{ a }.f(); match (a) { _ => 1 } b",
        "(.f {a} ); (match a [_ => 1]); b",
    );
    becomes("spec { assert x == {1}; } a; spec {};", "spec; a; spec;");
    becomes(
        "while (a) {} spec { invariant b; }; loop {} spec {}",
        "(while a {}); (loop {})",
    );
}

#[test]
fn lambdas() {
    becomes(
        "|x| x + 1; || 1; |x: u64, (a, b), S { c, .. }, _| c",
        "(|x| (Add x 1)); (|| 1); (|x:u64 (a b) S{c:c ..} _| c)",
    );
    becomes("f(|x||y| x, |a| a)", "f((|x| (|y| x)) (|a| a))");
    becomes(
        "move |x| x; copy |x| x has copy + drop",
        "(|x| x); (|x| x+Copy+Drop)",
    );
}

#[test]
fn types() {
    let f = function(
        "fun f(a: &mut u64, b: (u64, bool), c: |u64, &T|u64 has copy + drop, d: ||, e: |u64| has store, \
         g: |u64|(|u64|u64), h: vector<0x1::m::S<u8>>, i: (u64), j: |u64||u8|bool, ): |u64| { abort 1 }",
    );
    let shown: Vec<_> = f.parameters.iter().map(|(_, t)| dump::ty(t)).collect();
    let expected = [
        "&mut u64",
        "(u64 bool)",
        "|u64 &T|u64+Copy+Drop",
        "||()",
        "|u64|()+Store",
        "|u64||u64|u64",
        "vector<0x1::m::S<u8>>",
        "u64",
        "|u64||u8|bool",
    ];
    assert_eq!(shown, expected);
    assert_eq!(dump::ty(&f.returns), "|u64|()");
}

#[test]
fn contextual_words_are_names_elsewhere() {
    let words = "for match is enum package entry address has mut phantom macro reads writes pure in \
                 update pragma schema apply global where forall old include internal local post type static";
    for word in words.split_whitespace() {
        becomes(
            &format!("let {word} = 1; {word} + 1"),
            &format!("let {word} = 1; (Add {word} 1)"),
        );
        let f = function(&format!("fun {word}({word}: u64) {{ {word}({word}) }}"));
        assert_eq!(dump::block(&f.body.unwrap()), format!("{{{word}({word})}}"));
    }
    becomes("&mut; &mut x; &mut.a", "(& mut); (&mut x); (& mut.a)");
}

#[test]
fn functions_have_modifiers_and_specifiers() {
    let f = function(
        "public entry fun f<T: copy + drop, phantom U>(_: u64, self: &S) acquires R, S<T> {}",
    );
    assert!(matches!(f.visibility, Visibility::Public(_)) && f.entry.is_some());
    assert_eq!(f.type_parameters.len(), 2);
    assert_eq!(f.type_parameters[0].abilities.len(), 2);
    assert!(f.type_parameters[1].is_phantom);
    assert_eq!(
        f.acquires.iter().map(dump::ty).collect::<Vec<_>>(),
        ["R", "S<T>"]
    );
    let f = function(
        "fun f() reads R(*), 0x1::m::* writes *(@0x1) !reads S acquires A, B(@0x1) pure {}",
    );
    assert_eq!(f.acquires.iter().map(dump::ty).collect::<Vec<_>>(), ["A"]);
    for (text, check) in [
        ("public(friend)", "Friend"),
        ("public(package)", "Package"),
        ("package", "Package"),
        ("friend", "Friend"),
        ("public(script)", "Public"),
    ] {
        let f = function(&format!("{text} fun f() {{}}"));
        assert!(format!("{:?}", f.visibility).starts_with(check), "{text}");
        assert_eq!(f.entry.is_some(), text == "public(script)");
    }
    assert!(function("native public fun f();").body.is_none());
    assert!(function("public inline fun f() {}").inline.is_some());
    assert!(function("entry package fun f() {}").entry.is_some());
}

#[test]
fn structs_and_enums() {
    let all = items(
        "struct A has copy, drop { a: u64, /// b\n b: T, } struct B { } has key; struct C(u64, bool) has drop; \
         struct D<phantom T>(); native struct E; public struct F has store {} \
         enum G<T> has drop { /// first\n A { x: u64 } B(T), C, } enum H { A } has copy, drop;",
    );
    let shown: Vec<_> = all
        .iter()
        .map(|item| {
            let Item::Struct(s) = item else { panic!() };
            let fields = |f: &Fields| match f {
                Fields::Unit => "-".to_owned(),
                Fields::Named(f) => format!("{{{}}}", f.len()),
                Fields::Positional(f) => format!("({})", f.len()),
            };
            let body = match &s.body {
                StructBody::Native => "native".to_owned(),
                StructBody::Fields(f) => fields(f),
                StructBody::Variants(v) => v.iter().map(|v| fields(&v.fields)).collect(),
            };
            format!("{} {} {body}", s.name, s.abilities.len())
        })
        .collect();
    assert_eq!(
        shown,
        [
            "A 2 {2}",
            "B 1 {0}",
            "C 1 (2)",
            "D 0 (0)",
            "E 0 native",
            "F 1 {0}",
            "G 1 {1}(1)-",
            "H 2 -"
        ]
    );
}

#[test]
fn uses_in_all_forms() {
    let all = items(
        "use 0x1::a; use std::a as b; use std::a::f; use std::a::{Self, f as g,}; use std::a::*; \
         use 0x1::{a, b as c, d::{Self, e}, f::g}; use std::a::{}; friend a; friend 0x2::b; const C: u64 = 1 + 2;",
    );
    let shown: Vec<_> = all
        .iter()
        .map(|item| match item {
            Item::Use(u) => match &u.what {
                UseWhat::Module(None) => u.module.to_string(),
                UseWhat::Module(Some(alias)) => format!("{} as {alias}", u.module),
                UseWhat::Members(m) => {
                    let m = m.iter().map(|(a, b)| match b {
                        Some(b) => format!("{a} as {b}"),
                        None => a.to_string(),
                    });
                    format!("{}::{}", u.module, m.collect::<Vec<_>>().join("+"))
                }
                UseWhat::All(_) => format!("{}::*", u.module),
            },
            Item::Friend(f) => format!("friend {}", dump::path(&f.module)),
            Item::Const(c) => format!("const {} {}", c.name, dump::expr(&c.value)),
            _ => panic!(),
        })
        .collect();
    let expected = [
        "a",
        "a as b",
        "a::f",
        "a::Self+f as g",
        "a::*",
        "a",
        "b as c",
        "d::Self+e",
        "f::g",
        "a::",
        "friend a",
        "friend 0x2::b",
        "const C (Add 1 2)",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn files_have_modules_scripts_and_address_blocks() {
    let file = good(
        "/// first\n#[a, b(c = 1, d(e)), f = 0x1::m::g, h = b\"x\", i = @0x1, lint::skip(x), j = \"t\"]\n/** more */\nmodule std::a {}\n\
         address 0x2 { module b {} /// d\n module c {} spec b {} } script { use 0x1::a; const A: u8 = 1; fun main() {} }\n\
         spec 0x1::a { spec f {} }",
    );
    let names: Vec<_> = file.modules.iter().map(|m| m.name.to_string()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(file.modules[0].preface.doc, "first\nmore");
    assert_eq!(file.modules[2].preface.doc, "d");
    let attributes = &file.modules[0].preface.attributes;
    let shown: Vec<_> = attributes.iter().map(|a| a.name.to_string()).collect();
    assert_eq!(shown, ["a", "b", "f", "h", "i", "lint::skip", "j"]);
    assert!(matches!(&attributes[1].value, AttributeValue::List(l) if l.len() == 2));
    assert!(matches!(&attributes[2].value, AttributeValue::Path(p) if p.names.len() == 2));
    assert!(matches!(
        file.modules[1].address,
        Some(AddressName::Number(..))
    ));
    assert_eq!(file.scripts[0].items.len(), 3);
}

#[test]
fn specifications_are_skipped() {
    let all = items(
        "spec module { pragma a = true; invariant forall x: u64: x > 0 ==> b(x); } spec fun g(x: u64): bool { x > 1 } \
         spec native fun h(): num; spec schema Q<T> { x: T; ensures true; } fun f() { spec { a <==> b }; } \
         spec f { aborts_if false with 3; apply Q to *; } spec f(x: u64): u64 {} struct S {} spec S { invariant true; }",
    );
    assert_eq!(all.len(), 2);
}

#[test]
fn comments_nest() {
    becomes("/* a /* b */ c */ 1 // d\n; // é\n 2", "1; 2");
}

#[test]
fn errors_say_what_was_expected_and_where() {
    fails(
        "let x = 1\nlet y = 2;",
        &["2:10: expected `;` after this statement, found the reserved word `let`"],
    );
    fails(
        "let = 1;",
        &["2:5: expected a variable, a struct or a tuple, found `=`"],
    );
    fails("f(1 2);", &["2:5: expected `,` or `)`, found `2`"]);
    fails("a<b", &["3:1: expected `,` or `>`, found `}`"]);
    fails(
        "let fun = 1;",
        &["2:5: expected a variable, a struct or a tuple, found the reserved word `fun`"],
    );
    fails("1 + ;", &["2:5: expected an expression, found `;`"]);
    fails(
        "if true {}",
        &["2:4: expected `(` behind `if`, found the reserved word `true`"],
    );
    fails(
        "x as u8 + 1;",
        &["2:9: a cast within an expression needs parentheses"],
    );
    fails("1 = 2;", &["2:1: nothing can be assigned to this"]);
    fails(
        "abort",
        &["3:1: expected an error code behind `abort`, found `}`"],
    );
    fails("1u7;", &["2:2: `u7` is no suffix of numbers"]);
    fails(
        "x\"0\";",
        &["2:1: a hex string needs two digits for each byte"],
    );
    fails("b\"\\q\";", &["2:3: unknown escape"]);
    fails("b\"é\";", &["2:1: byte strings hold ASCII only"]);
    fails("b\"abc", &["2:1: this string is not closed"]);
    fails("é;", &["2:1: unexpected character `é`"]);
    fails(
        "let a = 1; use 0x1::b;",
        &["2:12: `use` is not at the start of a block"],
    );
    let many = "0x10000000000000000000000000000000000000000000000000000000000000000";
    fails(many, &["2:1: this number is too large"]);
}

#[test]
fn several_errors_are_found_in_one_run() {
    fails(
        "let a = ;\nlet b = 2;\nf(,);\nlet 7 = 1;",
        &[
            "2:9: expected an expression, found `;`",
            "4:3: expected an expression, found `,`",
            "5:5: a literal cannot be bound to a value",
        ],
    );
    let (file, errors) = parse(
        "module 0x1::a { fun f(a) {} struct S { a } foo bar; fun g() {} }\nfun h() {}\nmodule b { struct X has foo {} const A = 1; }",
    );
    let expected = [
        "1:24: expected `:` and the type of the parameter, found `)`",
        "1:42: expected `:` and the type of the field, found `}`",
        "2:1: expected a module or a script, found the reserved word `fun`",
        "3:8: module `b` has no address",
        "3:25: expected an ability, found `foo`",
        "3:40: expected `:` and the type of the constant, found `=`",
    ];
    assert_eq!(errors, expected);
    assert_eq!(file.modules[0].items.len(), 1);
    assert_eq!(file.modules.len(), 2);
}

#[test]
fn unpaired_brackets_are_told_once() {
    let (_, errors) =
        parse("module 0x1::a {\n    fun f() {\n        if (a) {\n    }\n\n    fun g() {}\n}\n");
    assert_eq!(errors, ["3:16: unclosed brace"]);
    let (_, errors) = parse("module 0x1::a {\n    fun f() {}\n    }\n    fun g() {}\n}\n");
    assert_eq!(errors, ["5:1: unexpected closing `}`"]);
    fails("f(1, g(2;", &["2:7: unclosed parenthesis"]);
    fails("f(1]);", &["2:4: unexpected closing `]`"]);
    assert_eq!(parse("/* a /* */").1, ["1:1: this comment is not closed"]);
}

fn in_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run);
    thread.unwrap().join().unwrap();
}

#[test]
fn depth_is_bounded_and_told() {
    let nested: [(&str, &str); 14] = [
        ("(", ")"),
        ("{", "}"),
        ("!", ""),
        ("f(", ")"),
        ("vector[", "]"),
        ("|x| ", ""),
        ("if (a) ", ""),
        ("return ", ""),
        ("1 + ", ""),
        ("a.", ""),
        ("x = ", ""),
        ("loop {", "}"),
        ("S { a: ", "}"),
        ("if (a) {} else ", ""),
    ];
    for (before, after) in nested {
        for (levels, fits) in [(60, true), (100_000, false)] {
            let text = format!(
                "module 0x1::m {{ fun f() {{ {}a{} }} fun g() {{}} }}",
                before.repeat(levels),
                after.repeat(levels)
            );
            in_small_stack(move || {
                let start = Instant::now();
                let (file, errors) = parse(&text);
                assert!(start.elapsed().as_secs() < 5, "{before}");
                assert_eq!(errors.is_empty(), fits, "{before} {errors:?}");
                assert!(
                    fits || errors[0].contains("nested more than"),
                    "{before} {errors:?}"
                );
                assert_eq!(file.modules[0].items.len(), 2, "{before}");
            });
        }
    }
    let types = ["vector<", "&", "|", "(", "||"];
    for before in types {
        let text = format!(
            "module 0x1::m {{ fun f(a: {}u8) {{}} }}",
            before.repeat(100_000)
        );
        in_small_stack(move || assert!(!parse(&text).1.is_empty()));
    }
}

#[test]
fn long_inputs_take_linear_time() {
    let parts = [
        "a;",
        "let x = f(1);",
        ";",
        "}",
        "{",
        "(",
        ")",
        "a<b ",
        "\"",
        "é ",
        "x.y[",
        "fun ",
        "// a\n",
        "/*",
        "#[",
        "|",
        "||",
        "<",
        "S { a } = b;",
        "if (a) ",
        "module 0x1::a { fun f( { } }",
        "module a { fun f() {",
    ];
    for part in parts {
        let text = part.repeat(400_000 / part.len());
        for text in [text.clone(), format!("module 0x1::m {{ fun f() {{ {text}")] {
            in_small_stack(move || {
                let start = Instant::now();
                parse(&text);
                assert!(start.elapsed().as_secs() < 20, "{part}");
            });
        }
    }
}

/// All Move sources of this repository.
#[test]
fn sources_of_this_repository_parse() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..")];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            // Those in `reject` are there because they do not.
            let skipped = ["target", "reject"].map(|name| Some(name.as_ref()));
            if path.is_dir() && !skipped.contains(&path.file_name()) {
                folders.push(path);
            } else if path.extension() == Some("move".as_ref()) {
                let (_, errors) = parse(&std::fs::read_to_string(&path).unwrap());
                assert!(errors.is_empty(), "{}: {errors:?}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 10);
}

const SOUP: [&str; 76] = [
    "module", "0x1", "::", "a", "{", "}", "(", ")", "[", "]", "<", ">", "fun", "struct", "enum",
    "has", "copy", "drop", ",", ";", ":", "=", "==", "+", "-", "*", "&", "&&", "|", "||", "mut",
    "let", "if", "else", "while", "loop", "for", "in", "..", "match", "=>", "_", "return", "abort",
    "break", "'a", "spec", "use", "friend", "public", "entry", "package", "native", "inline",
    "acquires", "reads", "#", "@", "1u8", "b\"a\"", "x\"00\"", "\"t\"", "as", "is", "vector",
    "move", "assert", "!", ".", "address", "script", "const", "///d\n", "é", "self", ">=",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn token_soup_never_panics(tokens in prop::collection::vec(0..SOUP.len(), 0..200), wrap: bool) {
        let text: Vec<_> = tokens.iter().map(|t| SOUP[*t]).collect();
        let text = text.join(" ");
        let text = if wrap { format!("module 0x1::m {{ fun f() {{ {text} }} }}") } else { text };
        parse(&text);
    }

    #[test]
    fn arbitrary_text_never_panics(text in ".{0,300}") {
        parse(&text);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        parse(&String::from_utf8_lossy(&bytes));
    }
}
