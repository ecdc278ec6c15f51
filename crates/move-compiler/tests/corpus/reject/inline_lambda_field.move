// A lambda is no field.
module t::inline_lambda_field {
    struct S { f: |u64| u64 }
}
