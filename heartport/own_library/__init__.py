"""我的收藏与足迹: what a person keeps of the library, sealed, and the same on every phone of theirs."""
