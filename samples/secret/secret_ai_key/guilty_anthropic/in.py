client = Client("{{join:sk-|ant-api03-|b8Q_PdOTxSXbD_NS-r7Io6R3Ir67NoveEALgONx4dmlguLD0AZAirFQmjdtB6yPlvOfky3qVp5m4x87WO8hkYg5XeZc08|AA}}")
