# Sourced by install.sh and bundle.sh: sets pip's arguments ("$@") to those that find torch.
# TORCH_INDEX is an index URL, a folder of wheels or one wheel; unset, pip's own index is asked.

TORCH=torch==2.13.0

case ${TORCH_INDEX:-} in
    '') set -- "$TORCH" ;;
    *://*) set -- --extra-index-url "$TORCH_INDEX" "$TORCH" ;;
    *.whl) set -- "$TORCH_INDEX" ;;
    *) set -- --find-links "$TORCH_INDEX" "$TORCH" ;;
esac
