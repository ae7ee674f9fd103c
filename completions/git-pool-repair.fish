# Installed into vendor_conf.d: git.fish of fish 3.6 does not ask the commands it does not know (fish issue 9457).
if string match -q '3.6*' $version
    complete -c git -f -n '__fish_git_using_command pool' -k -a '(__fish_git_complete_custom_command pool)'
end
