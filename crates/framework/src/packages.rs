//! Made by `REBUILD=1 cargo test --release -p lumio-framework`. Do not edit.

use crate::Package;

#[rustfmt::skip]
pub(crate) const PACKAGES: &[Package] = &[
    Package {
        name: "MoveStdlib",
        folder: "move-stdlib",
        manifest: include_str!("../../../framework/move/move-stdlib/Move.toml"),
        sources: &[
            ("bcs.move", include_str!("../../../framework/move/move-stdlib/sources/bcs.move")),
            ("cmp.move", include_str!("../../../framework/move/move-stdlib/sources/cmp.move")),
            ("error.move", include_str!("../../../framework/move/move-stdlib/sources/error.move")),
            ("hash.move", include_str!("../../../framework/move/move-stdlib/sources/hash.move")),
            ("mem.move", include_str!("../../../framework/move/move-stdlib/sources/mem.move")),
            ("option.move", include_str!("../../../framework/move/move-stdlib/sources/option.move")),
            ("signer.move", include_str!("../../../framework/move/move-stdlib/sources/signer.move")),
            ("string.move", include_str!("../../../framework/move/move-stdlib/sources/string.move")),
            ("unit_test.move", include_str!("../../../framework/move/move-stdlib/sources/unit_test.move")),
            ("vector.move", include_str!("../../../framework/move/move-stdlib/sources/vector.move")),
        ],
        modules: &[
            ("bcs", include_bytes!("../../../framework/move/artifacts/move-stdlib/bcs.mv")),
            ("cmp", include_bytes!("../../../framework/move/artifacts/move-stdlib/cmp.mv")),
            ("error", include_bytes!("../../../framework/move/artifacts/move-stdlib/error.mv")),
            ("hash", include_bytes!("../../../framework/move/artifacts/move-stdlib/hash.mv")),
            ("mem", include_bytes!("../../../framework/move/artifacts/move-stdlib/mem.mv")),
            ("option", include_bytes!("../../../framework/move/artifacts/move-stdlib/option.mv")),
            ("signer", include_bytes!("../../../framework/move/artifacts/move-stdlib/signer.mv")),
            ("string", include_bytes!("../../../framework/move/artifacts/move-stdlib/string.mv")),
            ("vector", include_bytes!("../../../framework/move/artifacts/move-stdlib/vector.mv")),
        ],
    },
    Package {
        name: "AptosStdlib",
        folder: "aptos-stdlib",
        manifest: include_str!("../../../framework/move/aptos-stdlib/Move.toml"),
        sources: &[
        ],
        modules: &[
        ],
    },
    Package {
        name: "AptosFramework",
        folder: "aptos-framework",
        manifest: include_str!("../../../framework/move/aptos-framework/Move.toml"),
        sources: &[
        ],
        modules: &[
        ],
    },
    Package {
        name: "AptosToken",
        folder: "aptos-token",
        manifest: include_str!("../../../framework/move/aptos-token/Move.toml"),
        sources: &[
        ],
        modules: &[
        ],
    },
    Package {
        name: "AptosTokenObjects",
        folder: "aptos-token-objects",
        manifest: include_str!("../../../framework/move/aptos-token-objects/Move.toml"),
        sources: &[
        ],
        modules: &[
        ],
    },
    Package {
        name: "LargePackages",
        folder: "large-packages",
        manifest: include_str!("../../../framework/move/large-packages/Move.toml"),
        sources: &[
        ],
        modules: &[
        ],
    },
];
