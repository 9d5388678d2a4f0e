"""The HTTP application: `uvicorn --factory api.app:create_app`. Everything it knows, it asks of `yinju.library`."""
