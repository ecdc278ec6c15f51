// A script calls a private function.
module t::visibility_script_calls_private { fun f() {} }
script { fun visibility_script() { t::visibility_script_calls_private::f() } }
