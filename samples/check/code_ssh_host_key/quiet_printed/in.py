print("StrictHostKeyChecking=no")
