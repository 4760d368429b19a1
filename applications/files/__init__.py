"""What a file is and holds, told from its content: plain Python, no Django, no database.

`kinds` knows the five kinds the portal takes and tells them from their first bytes; `names` makes a name safe to show;
`judging` opens the file and says what is wrong with it, in a process of its own (`apart`), because a file may be made to
harm whoever opens it; `scanner` asks ClamAV. The sentences stand in `findings`.
"""
