"""科普 (articles), 解忧空间 (audio and video), 资讯 (news), and the words by which they are found."""
