token = {{join:kJ9x2|LmQ8vTr4}}
