// swift-tools-version: 6.2
import PackageDescription

/// A Linux release build is one static executable: it runs on machines without Swift and starts in a third of the
/// time (measured: 1.5 ms instead of 5). Toolchains packaged without `swift_static` set GIT_POOL_DYNAMIC=1.
let linksStatically = Context.environment["GIT_POOL_DYNAMIC"] == nil
let staticExecutable = ["-static-executable"]
let whenReleasedOnLinux: BuildSettingCondition = .when(platforms: [.linux], configuration: .release)

/// The runtime finds a generic type by its arguments, not by a name that it takes apart, and searches for no conformances
/// (measured: a quarter of the instructions of a short command, a sixth of those of `done`).
let typesByArguments = ["-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors"]

let swiftSettings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("ImmutableWeakCaptures"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
        .unsafeFlags(typesByArguments, .when(configuration: .release)),
    ] + (linksStatically ? [.unsafeFlags(staticExecutable, whenReleasedOnLinux)] : [])

let package = Package(
    name: "git-pool",
    products: [.executable(name: "git-pool", targets: ["git-pool"])],
    targets: [
        // Each layer imports only those below it in this list; `POSIX` alone may say `unsafe`.
        .target(name: "CPOSIX"),
        // The files of `hooks/`, `man/` and `completions/` as they ship, so that an installed binary can print and install them.
        .target(name: "CResources"),
        .target(name: "POSIX", dependencies: ["CPOSIX", "CResources"], swiftSettings: swiftSettings),
        .target(name: "Git", dependencies: ["POSIX"], swiftSettings: swiftSettings),
        .target(name: "GitPool", dependencies: ["Git", "POSIX"], swiftSettings: swiftSettings),
        .target(name: "PoolCommands", dependencies: ["GitPool", "Git", "POSIX"], swiftSettings: swiftSettings),
        .executableTarget(
            name: "git-pool",
            dependencies: ["PoolCommands"],
            swiftSettings: swiftSettings,
            linkerSettings: linksStatically ? [.unsafeFlags(staticExecutable, whenReleasedOnLinux)] : []
        ),
        .testTarget(
            name: "GitPoolTests",
            dependencies: ["git-pool", "PoolCommands", "GitPool", "Git", "POSIX", "CPOSIX"],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]
        ),
    ],
    swiftLanguageModes: [.v6]
)
