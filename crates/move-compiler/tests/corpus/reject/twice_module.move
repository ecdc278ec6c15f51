// Two modules of a name.
module t::twice_module { }
module 0x42::twice_module { }
