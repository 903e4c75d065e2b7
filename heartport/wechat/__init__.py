"""WeChat: the one door to wechatpy, and the local emulator that plays WeChat for the demo and the tests."""
