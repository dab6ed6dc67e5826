client = Client("{{join:sk-|proj-|1qE6UjzTznOoGwRqV8xVB0pxlJqin9|T3Blb|kFJ|cFKtKTNooc5WCPmAFQ4f2UZYKARu64}}")
