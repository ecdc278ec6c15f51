// A phantom parameter as type of a field.
module t::ability_phantom_used {
    struct S<phantom T> { t: T }
}
