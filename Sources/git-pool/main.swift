internal import PoolCommands

Program.main()
