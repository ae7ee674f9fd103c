#include "CResources.h"

#include <string.h>

/* #embed is C23, and clang has it in every C; SwiftPM's .embedInCode takes 300 times as long. */
#pragma clang diagnostic ignored "-Wc23-extensions"

/* To carry one more file, add an array and a line of the table. */
static const unsigned char manual[] = {
#embed "../../man/git-pool.1"
};
static const unsigned char manual_of_configuration[] = {
#embed "../../man/gitpool-config.5"
};
static const unsigned char tutorial[] = {
#embed "../../man/gitpool-tutorial.7"
};
static const unsigned char completion_bash[] = {
#embed "../../completions/git-pool.bash"
};
static const unsigned char completion_zsh[] = {
#embed "../../completions/_git-pool"
};
static const unsigned char completion_fish[] = {
#embed "../../completions/git-pool.fish"
};
static const unsigned char completion_fish_repair[] = {
#embed "../../completions/git-pool-repair.fish"
};
static const unsigned char hook_bash[] = {
#embed "../../hooks/hook.bash"
};
static const unsigned char hook_zsh[] = {
#embed "../../hooks/hook.zsh"
};
static const unsigned char hook_fish[] = {
#embed "../../hooks/hook.fish"
};
static const unsigned char post_checkout[] = {
#embed "../../hooks/post-checkout"
};

static const struct {
    const char *name;
    const unsigned char *bytes;
    size_t size;
} resources[] = {
    {"man/git-pool.1", manual, sizeof(manual)},
    {"man/gitpool-config.5", manual_of_configuration, sizeof(manual_of_configuration)},
    {"man/gitpool-tutorial.7", tutorial, sizeof(tutorial)},
    {"completions/git-pool.bash", completion_bash, sizeof(completion_bash)},
    {"completions/_git-pool", completion_zsh, sizeof(completion_zsh)},
    {"completions/git-pool.fish", completion_fish, sizeof(completion_fish)},
    {"completions/git-pool-repair.fish", completion_fish_repair, sizeof(completion_fish_repair)},
    {"hooks/hook.bash", hook_bash, sizeof(hook_bash)},
    {"hooks/hook.zsh", hook_zsh, sizeof(hook_zsh)},
    {"hooks/hook.fish", hook_fish, sizeof(hook_fish)},
    {"hooks/post-checkout", post_checkout, sizeof(post_checkout)},
};

const unsigned char *cresources_find(const char *name, size_t *size)
{
    for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++)
        if (!strcmp(resources[i].name, name)) {
            *size = resources[i].size;
            return resources[i].bytes;
        }
    return NULL;
}
