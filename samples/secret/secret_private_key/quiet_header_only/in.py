marker = "{{join:-----BEGIN |PRIVATE |KEY-----}}"
